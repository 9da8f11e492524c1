import { ACS_EVENT_SCHEMA } from './acs-event-schema.js';
import { HEARTBEAT_SCHEMA } from './heartbeat-schema.js';
import { ACS_EVENT_FIELDS, HEARTBEAT_FIELDS } from './report-fields.js';

test('every property of a schema has its place in the event, and no other field has one', () => {
  expect([...HEARTBEAT_FIELDS.keys()].sort()).toEqual(Object.keys(HEARTBEAT_SCHEMA.properties).sort());
  expect([...ACS_EVENT_FIELDS.keys()].sort()).toEqual(Object.keys(ACS_EVENT_SCHEMA.properties).sort());
});
