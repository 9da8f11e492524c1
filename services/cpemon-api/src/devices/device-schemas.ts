import { DEVICE_STATUSES, HEALTHS, REACHABILITIES, SHOWN_ADMIN_STATES } from '@cpemon/domain';

/** What answers about devices are made of, for the document of the API. */

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const numberOrNull = { type: ['number', 'null'] };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };
const count = { type: 'integer', minimum: 0 };

/** An object with all of its properties. */
export const objectOf = (properties: Record<string, object>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
export const listOf = (items: object, more: Record<string, object> = {}) =>
  objectOf({ items: { type: 'array', items }, next_cursor: textOrNull, ...more });

const ITEM = {
  id: { type: 'integer', minimum: 1 },
  serial_number: text,
  oui: textOrNull,
  product_class: textOrNull,
  manufacturer: textOrNull,
  model: textOrNull,
  sw_version: textOrNull,
  wan_ip: textOrNull,
  interval_seconds: numberOrNull,
  first_seen: time,
  last_seen: time,
  status: { enum: DEVICE_STATUSES },
  reachability: { enum: REACHABILITIES },
  reason: text,
  since: time,
  health: { enum: HEALTHS },
  health_reason: textOrNull,
  health_since: timeOrNull,
  admin_state: { enum: SHOWN_ADMIN_STATES },
  labels: { type: 'object', additionalProperties: text },
};

export const DEVICE_ITEM = objectOf(ITEM);

export const DEVICE_LIST = listOf(DEVICE_ITEM, { as_of: time });

const VALUE = objectOf({
  value: numberOrNull,
  unit: text,
  raw: { type: ['string', 'number', 'null'] },
  device_time: timeOrNull,
  received_at: time,
  source: text,
});

const KEYS = { type: 'array', items: objectOf({ kind: text, value: text }) };

export const DEVICE = objectOf({
  ...ITEM,
  chatty: { type: 'boolean' },
  chatty_since: timeOrNull,
  conditions: {
    type: 'array',
    items: objectOf({
      ...{ rule: text, severity: { enum: ['warning', 'critical'] }, since: time, opened_at: time },
      ...{ metric: textOrNull, value: numberOrNull, text },
    }),
  },
  metrics: { type: 'object', additionalProperties: VALUE },
  attributes: {
    type: 'object',
    additionalProperties: objectOf({ value: text, received_at: time, source: text }),
  },
  sources: {
    type: 'array',
    items: objectOf({
      ...{ source: text, last_seen: time, declared_interval_seconds: numberOrNull },
      ...{ learnt_interval_seconds: numberOrNull, clock_skew_seconds: numberOrNull },
    }),
  },
  events: objectOf({ applied: count, duplicates: count, late: count }),
  position: objectOf({ generation: count, lane: count, sequence: count }),
  inventory: {
    type: 'array',
    items: objectOf({
      ...{ sn: text, oui: text, product_class: text, admin_state: text, service_id: textOrNull },
      ...{ labels: { type: 'object', additionalProperties: text }, keys: KEYS },
    }),
  },
  lines: {
    type: 'array',
    items: objectOf({
      ...{ service_id: text, labels: { type: 'object', additionalProperties: text }, keys: KEYS },
      sn: textOrNull,
    }),
  },
  line_history: {
    type: 'array',
    items: objectOf({
      ...{ service_id: text, sn: text, oui: text, product_class: text, from: time, until: timeOrNull },
    }),
  },
  links: { type: 'array', items: objectOf({ name: text, url: text }) },
  as_of: time,
});

/** Devices that share something with one. */
export const NEIGHBOURS = objectOf({
  items: {
    type: 'array',
    items: objectOf({
      ...{ by: text, value: text, total: count },
      by_status: objectOf(Object.fromEntries(DEVICE_STATUSES.map((status) => [status, count]))),
      worst: { type: 'array', items: DEVICE_ITEM },
    }),
  },
  as_of: time,
});

/** Reports as they lie in the log. */
export const RAW_REPORTS = objectOf({
  items: {
    type: 'array',
    items: objectOf({ path: text, value: text, type: textOrNull, received_at: time, source: text }),
  },
  reports: {
    type: 'array',
    items: objectOf({
      ...{ source: text, received_at: time, device_time: timeOrNull, type: text },
      ...{ event_codes: { type: 'array', items: text }, data: { type: 'object' } },
    }),
  },
  kept: { type: 'boolean' },
  reason: textOrNull,
  as_of: time,
});

export const TIMELINE = listOf(objectOf({ type: text, at: time, data: {} }));

/** The short form of `/api/cpe`. */
const SHORT = {
  sn: text,
  last_seen: time,
  wan_ip: textOrNull,
  sw_version: textOrNull,
  cpu_pct: numberOrNull,
  mem_pct: numberOrNull,
  interval_seconds: numberOrNull,
  status: { enum: DEVICE_STATUSES },
  reachability: { enum: REACHABILITIES },
  reason: text,
  since: time,
  updated_at: time,
};
export const SHORT_DEVICE = objectOf({ ...SHORT, as_of: time });
export const SHORT_LIST = objectOf({
  items: { type: 'array', items: objectOf(SHORT) },
  ...{ offset: count, limit: count, total: count, as_of: time },
});
