import { requestReader } from './operator-requests.js';

/** What operators ask about alerts, silences and maintenance windows. */

const line = (maxLength: number, description: string) => ({
  ...{ type: 'string', minLength: 1, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
  description,
});
const time = (description: string) => ({ type: 'string', format: 'date-time', maxLength: 40, description });
const limit = { type: 'string', pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$', description: '1 to 500; 50' };
const cursor = { type: 'string', maxLength: 400, description: 'next_cursor of the page before' };
const reason = {
  ...line(255, 'Why, for whoever reads the audit'),
  pattern: '^[^\\p{Cc}\\p{Cs}]*[^\\p{Cc}\\p{Cs}\\s][^\\p{Cc}\\p{Cs}]*$',
};
const value = { type: 'string', minLength: 1, maxLength: 160 };
const match = {
  ...{ type: 'object', minProperties: 1, maxProperties: 20, additionalProperties: false },
  patternProperties: {
    '^[a-z][a-z0-9_]{0,31}$': {
      oneOf: [value, { type: 'array', minItems: 1, maxItems: 200, items: value }],
    },
  },
  description: 'Labels with the values that are meant; also rule, severity, kind, sn, model, firmware',
};

export interface AlertsQuery {
  state?: 'open' | 'pending' | 'firing' | 'resolved';
  severity?: 'warning' | 'critical';
  kind?: 'device' | 'group';
  rule?: string;
  device?: string;
  parent?: string;
  limit?: string;
  cursor?: string;
}

export type MatchRequest = Record<string, string | string[]>;

/** One of `minutes` and `ends_at`. */
export interface SilenceRequest {
  match: MatchRequest;
  starts_at?: string;
  ends_at?: string;
  minutes?: number;
  reason: string;
}

export interface WindowRequest {
  match: MatchRequest;
  starts_at?: string;
  ends_at?: string;
  weekly?: { days: string[]; from: string; minutes: number; time_zone: string };
  reason: string;
}

/** 31 days: who wants to hear of something never again changes the rule. */
const LONGEST_SILENCE_MINUTES = 44_640;
const minutes = {
  ...{ type: 'integer', minimum: 1, maximum: LONGEST_SILENCE_MINUTES },
  description: 'For how long',
};

export const ALERT_REQUESTS = {
  alerts: requestReader<AlertsQuery>({
    properties: {
      state: { enum: ['open', 'pending', 'firing', 'resolved'] },
      severity: { enum: ['warning', 'critical'] },
      kind: { enum: ['device', 'group'] },
      rule: line(64, 'Name of the rule'),
      device: line(64, 'Serial number'),
      parent: { type: 'string', pattern: '^\\d{1,15}$', description: 'Group alarm that they are linked to' },
      ...{ limit, cursor },
    },
  }),
  page: requestReader<Record<never, never>>({ properties: {} }),
  acknowledge: requestReader<{ note?: string }>({ properties: { note: line(255, 'For whoever reads it') } }),
  silenceAlert: requestReader<{ minutes: number; reason: string }>({
    required: ['minutes', 'reason'],
    properties: { minutes, reason },
  }),
  silence: requestReader<SilenceRequest>(
    {
      required: ['match', 'reason'],
      properties: {
        ...{ match, minutes, reason },
        starts_at: time('From this time on; now'),
        ends_at: time('Until this time'),
      },
    },
    ['minutes', 'ends_at'],
  ),
  window: requestReader<WindowRequest>({
    required: ['match', 'reason'],
    properties: {
      ...{ match, reason },
      starts_at: time('From this time on; now'),
      ends_at: time('Until this time; of a weekly window the end of the last one, or none'),
      weekly: {
        ...{ type: 'object', additionalProperties: false },
        required: ['days', 'from', 'minutes', 'time_zone'],
        properties: {
          days: {
            ...{ type: 'array', minItems: 1, maxItems: 7, uniqueItems: true },
            items: { enum: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
          },
          from: { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: '02:00' },
          minutes: { type: 'integer', minimum: 1, maximum: 1440 },
          time_zone: line(64, 'Europe/Berlin'),
        },
      },
    },
  }),
  end: requestReader<{ reason: string }>({ required: ['reason'], properties: { reason } }),
};
