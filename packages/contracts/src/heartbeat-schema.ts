import { REPORT_PROPERTIES } from './report-properties.js';

/** The body of `POST /cpe/heartbeat` and each event of `POST /v1/telemetry`. Open: further scalars are kept as they are. */
export const HEARTBEAT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'cpemon.heartbeat.v1',
  type: 'object',
  required: ['sn'],
  properties: REPORT_PROPERTIES,
} as const;
