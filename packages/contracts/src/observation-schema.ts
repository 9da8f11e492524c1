import { OBSERVATION_PROPERTIES, REPORT_PROPERTIES } from './report-properties.js';

/** The data of a CloudEvent of the type cpemon.observation.v1. Open: further scalars are kept as they are. */
export const OBSERVATION_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'cpemon.observation.v1',
  type: 'object',
  required: ['sn'],
  properties: { ...REPORT_PROPERTIES, ...OBSERVATION_PROPERTIES },
} as const;
