import { COMMAND_EVENT_TYPE, ERASE_EVENT_TYPE, TEST_EVENT_TYPE, type EventType } from '@cpemon/domain';
import { DATA_PROPERTIES, SERIAL_NUMBER, TIME, type DataProperty } from './data-properties.js';
import type { JsonSchema } from './json-schema.js';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** What the envelope of every event has, whatever its type: `CpeEvent` as JSON Schema. */
const ENVELOPE: Readonly<Record<string, JsonSchema>> = {
  id: {
    ...{ type: 'string', minLength: 1, maxLength: 128 },
    description: 'With source: the identity. Two arrivals with the same pair are one event',
  },
  source: {
    ...{ type: 'string', pattern: '^/[\\x21-\\x7e]+$', maxLength: 32 },
    description: 'The way it came in',
  },
  subject: { ...SERIAL_NUMBER, description: "The device's normalised serial number" },
  time: { ...TIME, description: "The device's or relay's time; absent when none was given or believable" },
  oui: {
    type: 'string',
    maxLength: 16,
    description: "The manufacturer's OUI; absent where the source does not know it",
  },
  productclass: { type: 'string', maxLength: 64, description: 'As oui' },
  correlationid: {
    type: 'string',
    maxLength: 64,
    description: 'Of the request, or the event, that brought it',
  },
  traceparent: { type: 'string', maxLength: 64, description: 'W3C trace context of the sender' },
};

const VALUES = ['attributes', 'metrics', 'interval_seconds'] as const;
const REPORT = [...VALUES, 'extra', 'raw_time', 'origin'] as const;
const CODES = ['event_codes', 'command_keys', 'retry_count', 'occurrence', 'fault'] as const;
const PARAMETERS = ['parameters', 'parameters_left_out'] as const;

function eventSchema(
  type: string,
  title: string,
  data: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    ...{ $schema: DRAFT, $id: `urn:cpemon:event:${type}`, title, type: 'object' },
    required: ['id', 'source', 'type', 'subject', 'data'],
    properties: {
      ...{ id: ENVELOPE['id']!, source: ENVELOPE['source']!, type: { const: type } },
      ...ENVELOPE,
      data: { type: 'object', ...(required.length > 0 ? { required } : {}), properties: data },
    },
  };
}

const picked = (...names: DataProperty[]): Record<string, JsonSchema> =>
  Object.fromEntries(names.map((name) => [name, DATA_PROPERTIES[name]]));

/**
 * What an event in the log looks like, for each type that this version knows. The major version is part of the type;
 * docs/schemas.md says what may change within one. Not used while events are read: the readers make what these describe.
 */
export const EVENT_SCHEMAS: Readonly<Record<EventType, JsonSchema>> = {
  'cpemon.heartbeat.v1': eventSchema(
    'cpemon.heartbeat.v1',
    'A report of a device, or of an agent on it',
    picked(...REPORT),
  ),
  'cpemon.acs-event.v1': eventSchema(
    'cpemon.acs-event.v1',
    'What an ACS reports of a device',
    picked(...REPORT, ...CODES, ...PARAMETERS, 'read_at'),
  ),
  'cpemon.inform.v1': eventSchema(
    'cpemon.inform.v1',
    "An Inform in the CPE's own words",
    picked(...VALUES, 'raw_time', ...CODES, ...PARAMETERS),
  ),
  'cpemon.rpc.v1': eventSchema(
    'cpemon.rpc.v1',
    'Another request of a CPE: TransferComplete and the like',
    picked('rpc', 'fault'),
    ['rpc'],
  ),
  'cpemon.parameters.v1': eventSchema(
    'cpemon.parameters.v1',
    'Values of parameters that a CPE was asked for',
    picked(...VALUES, ...PARAMETERS),
  ),
  'cpemon.bulkdata.v1': eventSchema(
    'cpemon.bulkdata.v1',
    'A report of a bulk data profile',
    picked(...VALUES, 'raw_time', 'origin', ...PARAMETERS, 'profile', 'behind_ms', 'behind_reports'),
  ),
  'cpemon.observation.v1': eventSchema(
    'cpemon.observation.v1',
    'A fact about a device by somebody else: an OLT, a RADIUS server, a CMTS',
    picked('observation', 'attributes', 'metrics', 'extra', 'raw_time', 'origin'),
    ['observation'],
  ),
  [COMMAND_EVENT_TYPE]: eventSchema(
    COMMAND_EVENT_TYPE,
    'What somebody wants of a device, by way of its lane',
    picked('command'),
    ['command'],
  ),
  [ERASE_EVENT_TYPE]: eventSchema(
    ERASE_EVENT_TYPE,
    'A device is erased: everything of it that was received before goes',
    picked('erase'),
    ['erase'],
  ),
  [TEST_EVENT_TYPE]: eventSchema(
    TEST_EVENT_TYPE,
    'A heartbeat that fails when it is applied; taken in only where that is allowed',
    picked(...REPORT, 'test'),
    ['test'],
  ),
};
