import { ADMIN_STATES, DEVICE_STATUSES, HEALTHS, REACHABILITIES } from '@cpemon/domain';
import { requestReader } from './operator-requests.js';

/** What people and pages ask over HTTP: queries, closed to names that mean nothing. Numbers are text. */

/** Longest text that is looked for: longer than any name of a device. */
export const LONGEST_SEARCH = 128;
const LARGEST_PAGE = 500;

const words = (all: readonly string[], description: string) => ({
  type: 'string',
  // Each of them, once or several times.
  pattern: `^(${all.join('|')})(,(${all.join('|')})){0,9}$`,
  description: `${description}: one or several of ${all.join(', ')}, with commas`,
});
const text = (maxLength: number, description: string) => ({
  ...{ type: 'string', minLength: 1, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
  description,
});
const limit = {
  type: 'string',
  pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$',
  description: `1 to ${LARGEST_PAGE}; 50`,
};
const cursor = { type: 'string', maxLength: 400, description: 'next_cursor of the page before' };
const time = (description: string) => ({ type: 'string', format: 'date-time', maxLength: 40, description });

/** What devices are filtered by. */
const FILTERS = {
  q: text(LONGEST_SEARCH, 'Part of a serial number, address, MAC address or external key'),
  status: words(DEVICE_STATUSES, 'Status in a word'),
  reachability: words(REACHABILITIES, 'Reachability'),
  health: words(HEALTHS, 'Health'),
  admin_state: words(ADMIN_STATES, 'What the operator wants of it'),
  model: text(64, 'Model'),
  firmware: text(64, 'Firmware'),
} as const;

/** `label.NAME=VALUE`, as often as wanted. */
const LABELS = {
  '^label\\.[a-z][a-z0-9_]{0,31}$': text(64, 'A label that the device has'),
} as const;

export interface DeviceFilterQuery {
  q?: string;
  status?: string;
  reachability?: string;
  health?: string;
  admin_state?: string;
  model?: string;
  firmware?: string;
  [label: `label.${string}`]: string;
}

/** Orders of the list of devices; with a minus the other way round. */
export const DEVICE_LIST_SORTS = [
  ...(['first_seen', '-first_seen', 'since', '-since'] as const),
  ...(['serial_number', '-serial_number', 'last_seen', '-last_seen'] as const),
] as const;
export type DeviceListSort = (typeof DEVICE_LIST_SORTS)[number];

export type DevicesQuery = DeviceFilterQuery & {
  key?: string;
  reason?: string;
  sort?: DeviceListSort;
  limit?: string;
  cursor?: string;
};

export type DeviceExportQuery = DeviceFilterQuery & { format?: 'ndjson' | 'csv' };

export interface TimelineQuery {
  kind?: string;
  from?: string;
  until?: string;
  limit?: string;
  cursor?: string;
  reason?: string;
}

const reason = text(255, 'Why a device is looked up, for the audit: support has to say it');

/** Every reader by the request it is of. */
export const READ_REQUESTS = {
  devices: requestReader<DevicesQuery>({
    properties: {
      ...FILTERS,
      key: text(
        LONGEST_SEARCH,
        'A serial number, service or external key, whole: in place of the other filters',
      ),
      reason,
      sort: {
        enum: DEVICE_LIST_SORTS,
        description: 'first_seen; by last_seen only what up to 20,000 devices fit',
      },
      limit,
      cursor,
    },
    patternProperties: LABELS,
  }),
  device: requestReader<{ reason?: string }>({ properties: { reason } }),
  deviceExport: requestReader<DeviceExportQuery>({
    properties: { ...FILTERS, format: { enum: ['ndjson', 'csv'], description: 'ndjson' } },
    patternProperties: LABELS,
  }),
  timeline: requestReader<TimelineQuery>({
    properties: {
      kind: {
        type: 'string',
        pattern: '^[a-z_]{1,32}(,[a-z_]{1,32}){0,19}$',
        description: 'Only these kinds, with commas',
      },
      from: time('From this time on'),
      until: time('Before this time'),
      limit,
      cursor,
      reason,
    },
  }),
  nothing: requestReader<Record<string, never>>({ properties: {} }),
};
