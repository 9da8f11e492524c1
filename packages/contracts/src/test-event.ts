import { TEST_EVENT_TYPE, type TestFailure } from '@cpemon/domain';
import { refuse, type Refusal } from './refusal.js';
import { REPORT_PROPERTIES } from './report-properties.js';
import { compileSchema } from './schema-validator.js';

/** What makes an element of `POST /v1/telemetry` a test event. */
const TEST_PROPERTIES = {
  type: { const: TEST_EVENT_TYPE },
  fail: {
    enum: ['always', 'until'],
    description: 'At every attempt to apply it, or at those before "until"',
  },
  until: { type: 'string', format: 'date-time', description: "Compared with the database's clock" },
  id: {
    ...{ type: 'string', minLength: 1, maxLength: 64, pattern: '^[\\x21-\\x7e]*$' },
    description: 'Identity of the event; the same id is the same event',
  },
} as const;

const CONTROL = {
  type: 'object',
  required: ['type', 'fail'],
  properties: TEST_PROPERTIES,
  if: { properties: { fail: { const: 'until' } } },
  then: { required: ['until'], properties: { until: {} } },
} as const;

/** A test event: a heartbeat that fails when it is applied. Refused unless ALLOW_TEST_EVENTS is set. */
export const TEST_EVENT_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: TEST_EVENT_TYPE,
  ...CONTROL,
  required: ['sn', 'type', 'fail'],
  properties: { ...REPORT_PROPERTIES, ...TEST_PROPERTIES },
} as const;

export interface TestEvent {
  failure: TestFailure;
  /** The sender's id of this event. */
  id?: string;
}

interface Control {
  fail: TestFailure['fail'];
  until?: string;
  id?: string;
}

const isControl = compileSchema(CONTROL);
const OFF = refuse('test_events_off', 'Test events are not taken here: ALLOW_TEST_EVENTS is not set.');
const INVALID = refuse(
  'invalid_test_event',
  'A test event has "fail": "always", or "fail": "until" and "until", a time by RFC 3339; "id" is printable ASCII.',
);

/** @param element an object whose type is that of test events
 *  @returns what it does, and the report it is beside that */
export function readTestEvent(
  element: Record<string, unknown>,
  testEvents: 'taken' | 'refused',
): { test: TestEvent; report: Record<string, unknown> } | Refusal {
  if (testEvents === 'refused') return OFF;
  if (!isControl(element)) return INVALID;
  const { type: _type, fail, until, id, ...report } = element as Control & Record<string, unknown>;
  const failure: TestFailure =
    fail === 'always' ? { fail } : { fail, until: new Date(until ?? '').toISOString() };
  return { test: { failure, ...(id === undefined ? {} : { id }) }, report };
}
