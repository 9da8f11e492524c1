import {
  ACS_OCCURRENCES,
  ADMIN_STATES,
  ERASE_SCOPES,
  LONGEST_SERIAL_NUMBER,
  OBSERVERS,
  type ReportData,
} from '@cpemon/domain';
import type { JsonSchema } from './json-schema.js';

/** Text without a bound of its own: what stands in an event is bounded as a whole. */
const text = (description: string, maxLength?: number): JsonSchema => ({
  ...{ type: 'string', description },
  ...(maxLength === undefined ? {} : { maxLength }),
});
const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const texts = (description: string): JsonSchema => ({
  ...{ type: 'array', maxItems: 64, items: { type: 'string' }, description },
});
/** An object of which the properties are known; further ones may come with later releases. */
const record = (
  description: string,
  properties: Record<string, JsonSchema>,
  required: readonly string[] = [],
): JsonSchema => ({ type: 'object', description, properties, ...(required.length > 0 ? { required } : {}) });
const recordOf = (description: string, values: JsonSchema): JsonSchema => ({
  ...{ type: 'object', description, additionalProperties: values },
});
const scalars = (description: string): JsonSchema =>
  recordOf(description, { type: ['string', 'number', 'boolean'] });

export const TIME: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
};
export const SERIAL_NUMBER: JsonSchema = {
  ...{ type: 'string', minLength: 1, maxLength: LONGEST_SERIAL_NUMBER },
  pattern: '^[\\x20-\\x7e]*$',
};

/** Every member that the data of an event may have, of whatever type: `ReportData` as JSON Schema. */
export const DATA_PROPERTIES: Readonly<Record<keyof ReportData, JsonSchema>> = {
  interval_seconds: {
    ...{ type: 'integer', minimum: 1, maximum: 2_678_400 },
    description: 'How often the device says it will report, seconds',
  },
  event_codes: texts('TR-069 event codes of the Inform ("1 BOOT")'),
  command_keys: texts("CommandKey of each of event_codes, '' for none; absent when all are"),
  retry_count: count('How often the CPE has tried to deliver this Inform before; absent for 0'),
  occurrence: {
    enum: ACS_OCCURRENCES,
    description: 'What an ACS reports; absent where it said no more than values',
  },
  fault: record(
    'A fault that the CPE or the ACS reports; CWMP codes as text',
    { code: text('"9005"'), text: text('FaultString') },
    ['code', 'text'],
  ),
  rpc: record(
    'A request of the CPE other than Inform: its method and scalar arguments',
    { method: text('"TransferComplete"'), args: recordOf('By name', { type: 'string' }) },
    ['method', 'args'],
  ),
  parameters: recordOf('Parameters by full path, secrets redacted', {
    ...{ type: 'object', required: ['value'] },
    properties: {
      value: text('As sent'),
      type: text('Of XML Schema, without prefix; absent where it was not given'),
      at: { ...TIME, description: 'When the relay read it; absent: with the event' },
    },
  }),
  parameters_left_out: count('How many parameters had no room; absent for 0'),
  profile: text('Name of the bulk data profile, where its sender gives one'),
  behind_ms: count('How much older a retained report is than the newest of its body, ms'),
  behind_reports: count('… where no clock tells it: how many reports came after it in its body'),
  attributes: record('Descriptive values', {
    wan_ip: text('Address of the WAN interface', 64),
    sw_version: text('Firmware', 64),
    hw_version: text('Hardware version', 64),
    manufacturer: text('Manufacturer', 64),
    model: text('Model', 64),
  }),
  metrics: recordOf('Readings; the name ends in the unit (cpu_used_ratio, rx_power_dbm)', { type: 'number' }),
  read_at: recordOf(
    'When a relay read some of the attributes and metrics, by name; absent: with the event',
    TIME,
  ),
  extra: scalars('Other scalars of the body, as sent'),
  raw_time: text("The device's own time as sent, where it was not believable"),
  observation: record(
    'Who observed the device, and what',
    {
      observer: { enum: OBSERVERS, description: 'Kind of system that observed it' },
      observed: text('What happened; absent where values were read', 32),
      state: { enum: ['raised', 'cleared'], description: 'Of an alarm: that it began, or is over' },
      text: text('A sentence of the observer', 256),
    },
    ['observer'],
  ),
  origin: record(
    'Of a CloudEvent of a sender: what its envelope says beside what is known',
    { source: text('Its source', 256), extensions: scalars('Attributes that CPEmon does not know') },
    ['source'],
  ),
  command: record(
    'What is wanted of the device',
    {
      name: { enum: ['inventory'], description: 'The inventory says this of it' },
      revision: count('Of two commands the one with the higher revision is in force'),
      admin_state: { enum: ADMIN_STATES, description: 'What the operator wants of the box' },
      label_set: count('Its labels: a row of label_sets; 0 for none'),
    },
    ['name', 'revision', 'admin_state', 'label_set'],
  ),
  erase: record(
    'What is to be erased',
    {
      erasure: text('Names the erasure: one that was done is not done again', 40),
      scope: {
        enum: ERASE_SCOPES,
        description: 'All devices with the serial number, or the one of this identity',
      },
    },
    ['erasure', 'scope'],
  ),
  test: record(
    'What a test event does when it is applied',
    {
      fail: { enum: ['always', 'until'] },
      until: { ...TIME, description: "Compared with the database's clock" },
    },
    ['fail'],
  ),
};

export type DataProperty = keyof typeof DATA_PROPERTIES;
