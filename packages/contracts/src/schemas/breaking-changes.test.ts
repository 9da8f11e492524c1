import { breakingChanges } from './breaking-changes.js';
import { compareSnapshots } from './compare-snapshots.js';
import { EVENT_SCHEMAS } from './event-schemas.js';
import type { JsonSchema } from './json-schema.js';

const BEFORE: JsonSchema = {
  type: 'object',
  required: ['data'],
  properties: {
    data: {
      type: 'object',
      properties: {
        level: { type: 'integer', minimum: 0, maximum: 100, description: 'Level' },
        word: { enum: ['one', 'two'] },
        codes: { type: 'array', maxItems: 4, items: { type: 'string' } },
        metrics: { type: 'object', additionalProperties: { type: 'number' } },
      },
    },
  },
};

type Data = Record<string, JsonSchema>;
const changed = (change: (data: Data) => Data, more: JsonSchema = {}): JsonSchema => ({
  ...{
    ...BEFORE,
    properties: { data: { ...data(), ...more, properties: change(data().properties as Data) } },
  },
});
const data = () => BEFORE.properties!['data']!;
const saysOf = (after: JsonSchema) => breakingChanges(BEFORE, after).map(({ at, what }) => `${at} ${what}`);

test.each<[string, JsonSchema]>([
  ['nothing', BEFORE],
  [
    'another word for people',
    changed((all) => ({ ...all, level: { ...all['level']!, description: 'How much' } })),
  ],
  ['a property that may be absent', changed((all) => ({ ...all, unit: { type: 'string' } }))],
])('%s breaks nobody', (_what, after) => {
  expect(saysOf(after)).toEqual([]);
});

const OLD_EVENTS = /events that lie in the log no longer fit$/;
const OLD_READERS = /readers of before do not expect it$/;

test.each<[string, JsonSchema, RegExp]>([
  ['a property removed', changed(({ level: _gone, ...all }) => all), /^data\.level was removed: readers/],
  [
    'a type narrowed',
    changed((all) => ({ ...all, metrics: { type: 'object', additionalProperties: { type: 'integer' } } })),
    OLD_EVENTS,
  ],
  [
    'a type widened',
    changed((all) => ({ ...all, level: { ...all['level']!, type: ['integer', 'string'] } })),
    OLD_READERS,
  ],
  ['a bound tightened', changed((all) => ({ ...all, level: { ...all['level']!, maximum: 10 } })), OLD_EVENTS],
  [
    'a bound loosened',
    changed((all) => ({ ...all, level: { ...all['level']!, minimum: -10 } })),
    OLD_READERS,
  ],
  [
    'a bound added',
    changed((all) => ({ ...all, codes: { ...all['codes']!, items: { type: 'string', maxLength: 2 } } })),
    OLD_EVENTS,
  ],
  [
    'a bound taken away',
    changed((all) => ({ ...all, codes: { type: 'array', items: { type: 'string' } } })),
    OLD_READERS,
  ],
  ['a word no longer allowed', changed((all) => ({ ...all, word: { enum: ['one'] } })), OLD_EVENTS],
  ['a further word', changed((all) => ({ ...all, word: { enum: ['one', 'two', 'three'] } })), OLD_READERS],
  ['something required', changed((all) => all, { required: ['level'] }), OLD_EVENTS],
  ['something that was always there', { ...BEFORE, required: [] }, OLD_READERS],
  ['an object closed', changed((all) => all, { additionalProperties: false }), OLD_EVENTS],
  ['a record freed', changed((all) => ({ ...all, metrics: { type: 'object' } })), OLD_READERS],
])('%s breaks a reader', (_what, after, says) => {
  expect(saysOf(after)).toEqual([expect.stringMatching(says)]);
});

test('a type that is gone breaks whoever reads the log; a new one is only not noted yet', () => {
  const { 'cpemon.heartbeat.v1': heartbeat, ...others } = EVENT_SCHEMAS;
  expect(compareSnapshots(others, EVENT_SCHEMAS)).toEqual({
    broken: ['cpemon.heartbeat.v1: the type is gone, and the log may hold events of it'],
    outdated: [],
  });
  const more = { ...EVENT_SCHEMAS, 'cpemon.heartbeat.v2': { ...heartbeat, required: [] } };
  expect(compareSnapshots(more, EVENT_SCHEMAS)).toEqual({ broken: [], outdated: ['cpemon.heartbeat.v2'] });
});
