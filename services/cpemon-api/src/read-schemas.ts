import type { RequestSchema } from '@cpemon/contracts';
import { objectOf } from './devices/device-schemas.js';

/** What the document of the API says of the fleet and the pipeline. */

const count = { type: 'integer', minimum: 0 };
const countOrNull = { type: ['integer', 'null'] };
const numberOrNull = { type: ['number', 'null'] };
const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };
const REACHABILITY_COUNTS = objectOf({ unknown: count, online: count, stale: count, offline: count });

/** What only those are told who see a part of the fleet: the labels of that part. */
const withLimit = <T extends { properties: object }>(answer: T) => ({
  ...answer,
  properties: {
    ...answer.properties,
    limited_to: {
      ...{ type: 'object', additionalProperties: text },
      description: 'Labels of the devices that whoever asks may see; absent: all devices are counted',
    },
  },
});

const FLEET = objectOf({
  as_of: time,
  devices: count,
  by_status: objectOf({ online: count, degraded: count, stale: count, offline: count, unknown: count }),
  by_health: objectOf({ ok: count, degraded: count, critical: count, unknown: count }),
  intake: {
    type: 'array',
    items: objectOf({ path: text, accepting: { type: 'boolean' }, accepted_at: time }),
  },
});
const FLEET_BY = objectOf({
  ...{ as_of: time, by: text },
  items: {
    type: 'array',
    items: objectOf({ value: textOrNull, devices: count, by_reachability: REACHABILITY_COUNTS }),
  },
  paths_down: { type: 'array', items: text },
});
export const FLEET_ANSWER = { anyOf: [withLimit(FLEET), withLimit(FLEET_BY)] };

export const PIPELINE_ANSWER = objectOf({
  as_of: time,
  totals: objectOf({
    ...{ accepted: count, applied: { type: 'integer' }, lag_events: count },
    ...{ oldest_unapplied_age_seconds: { type: 'number', minimum: 0 } },
    ...{ accept_rate: numberOrNull, drain_rate: numberOrNull, drain_eta_seconds: numberOrNull },
    ...{ duplicates: count, late: count, quarantined: count, parked_devices: count, parked_events: count },
    ...{ dead_letters: count, discarded: count, skipped: count, lag_bytes: count },
  }),
  lanes: {
    type: 'array',
    items: objectOf({
      ...{ generation: count, lane: count, head: count, offset: count, lag_events: count },
      ...{ parked_events: count, dead_letters: count, owner: textOrNull, epoch: countOrNull },
      watermark: timeOrNull,
    }),
  },
  writers: {
    type: 'array',
    items: objectOf({
      ...{ member: text, host: text, version: text, started_at: time, lease_until: time },
      lanes: { type: ['integer', 'array'] },
    }),
  },
  ingests: {
    type: 'array',
    items: objectOf({
      ...{ process: text, service: text, path: text, accepting: { type: 'boolean' }, beat_at: time },
    }),
  },
});

/** A query of parameters that the route reads by itself. */
export const textQuery = (
  descriptions: Readonly<Record<string, string>>,
  required: readonly string[] = [],
): RequestSchema => ({
  properties: Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { type: 'string', description }]),
  ),
  required,
});
