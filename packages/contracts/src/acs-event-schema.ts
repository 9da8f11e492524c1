import { ACS_EVENT_PROPERTIES, REPORT_PROPERTIES } from './report-properties.js';

/** The JSON body of `POST /acs/webhook`. Open: further scalars are kept as they are. */
export const ACS_EVENT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'cpemon.acs-event.v1',
  type: 'object',
  required: ['sn'],
  properties: { ...REPORT_PROPERTIES, ...ACS_EVENT_PROPERTIES },
} as const;
