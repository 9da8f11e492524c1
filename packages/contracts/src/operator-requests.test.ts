import { OPERATOR_REQUESTS } from './operator-requests.js';

const { deadLetters, deadLetterQuery, replay, rebuild, skip, generation } = OPERATOR_REQUESTS;
const reason = 'the column was widened';

test.each([
  [deadLetters, { positions: ['1-2-3'] }],
  [deadLetters, { filter: { cause: 'column' }, group: 'state' }],
  [deadLetters, { all: true }],
  [deadLetterQuery, { state: 'dead', limit: '500', from: '2026-11-21T11:00:00Z' }],
  [replay, { from: '2026-11-21T11:00:00+01:00', reason }],
  [rebuild, { lanes: [0, 3], reason }],
  [rebuild, { all: true, reason }],
  [skip, { lane: 0, to: 17, reason }],
  [generation, { lanes: 32, reason }],
])('what is right is taken as it is', (read, request) => {
  expect((read as (value: unknown) => object)(request)).toEqual({ request });
});

test.each([
  [deadLetters, {}, /exactly one/],
  [deadLetters, { all: true, positions: ['1-2-3'] }, /exactly one/],
  [deadLetters, { all: false }, /^all /],
  [deadLetters, { filter: {} }, /^filter /],
  [deadLetters, { filter: { stat: 'dead' } }, 'filter has no member "stat".'],
  [deadLetters, { positions: [] }, /^positions /],
  [deadLetters, [], /^The request must be object/],
  [deadLetterQuery, { limit: '501' }, /^limit /],
  [deadLetterQuery, { limit: ['1', '2'] }, /^limit /],
  [deadLetterQuery, { from: 'yesterday' }, /^from /],
  [replay, { from: '2026-11-21T11:00:00Z' }, /'reason'/],
  [replay, { from: '2026-11-21T11:00:00Z', reason: '  ' }, /^reason /],
  [rebuild, { reason }, /exactly one of lanes, all/],
  [rebuild, { lanes: [3, 3], reason }, /^lanes /],
  [skip, { lane: 1.5, to: 17, reason }, /^lane /],
  [generation, { lanes: 0, reason }, /^lanes /],
])('what is not is refused with a sentence', (read, request, sentence) => {
  expect(read(request).problem).toMatch(sentence);
});
