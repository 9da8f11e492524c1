import { createDatabaseClock, elapsedMs } from './database-clock.js';
import { ageWords, announcementWords, warningWords } from './freshness-words.js';
import { judgeBacklog, judgeFreshness, type FreshnessFacts } from './freshness.js';

const fresh: FreshnessFacts = {
  locked: false,
  ageSeconds: 0.3,
  waitingSeconds: 60,
  oldestUnappliedAgeSeconds: null,
  lagEvents: 0,
  writers: 1,
  pathsDown: [],
};
const judge = (facts: Partial<FreshnessFacts>) => judgeFreshness({ ...fresh, ...facts }).freshness;

test('data is live up to 5 s of age and a warning above it', () => {
  expect([judge({}), judge({ ageSeconds: 5 }), judge({ ageSeconds: 5.1 })]).toEqual(['live', 'live', 'old']);
});

test('without any answer the page is connecting for 5 s, then it warns', () => {
  expect(judge({ ageSeconds: null, waitingSeconds: 2 })).toBe('connecting');
  expect(judge({ ageSeconds: null, waitingSeconds: 6 })).toBe('old');
  expect(judge({ ageSeconds: null, waitingSeconds: 6, locked: true })).toBe('locked');
});

test('new answers about old device states are not live', () => {
  expect(judge({ lagEvents: 9, oldestUnappliedAgeSeconds: 4 })).toBe('live');
  expect(judge({ lagEvents: 9, oldestUnappliedAgeSeconds: 6 })).toBe('behind');
  expect(judge({ writers: 0 })).toBe('behind');
  expect(judge({ writers: null })).toBe('live');
});

test('while nobody listens on a path the page is not live, whatever else is well', () => {
  expect(judge({ pathsDown: ['webhook'] })).toBe('deaf');
  expect(judge({ pathsDown: ['webhook'], writers: 0 })).toBe('behind');
});

test('old answers outrank a backlog: what they say about it is old too', () => {
  expect(judge({ ageSeconds: 30, lagEvents: 9, oldestUnappliedAgeSeconds: 60 })).toBe('old');
});

test('the backlog is called by what the rates say, and unknown when they say nothing', () => {
  const backlog = {
    lagEvents: 500,
    oldestUnappliedAgeSeconds: 30,
    acceptRate: 100,
    drainRate: 900,
    writers: 2,
  };
  const state = (facts: object) => judgeBacklog({ ...backlog, ...facts }).state;
  expect(state({})).toBe('draining');
  expect(state({ drainRate: 50 })).toBe('growing');
  expect(state({ drainRate: undefined })).toBe('unknown');
  expect(state({ writers: 0 })).toBe('waiting');
  expect(state({ oldestUnappliedAgeSeconds: 0.2 })).toBe('flowing');
  expect(state({ lagEvents: 0, oldestUnappliedAgeSeconds: null })).toBe('empty');
  expect(state({ lagEvents: undefined })).toBe('unknown');
});

const noTrouble = { problem: null, retryInSeconds: null, lagEvents: 0, writers: 1, pathsDown: [] };

test('a warning says what is wrong, since when, and what happens next', () => {
  const old = { freshness: 'old', ageSeconds: 12, behindSeconds: null } as const;
  const refused = { ...noTrouble, problem: 'The API cannot be reached.', retryInSeconds: 3.4 };
  expect(warningWords(old, refused)).toBe(
    'What you see is 12 s old. The API cannot be reached. Next try in 3 s.',
  );
  expect(warningWords(old, noTrouble)).toBe('What you see is 12 s old. The API gives old answers.');
  const behind = { freshness: 'behind', ageSeconds: 0, behindSeconds: 75 } as const;
  expect(warningWords(behind, { ...noTrouble, writers: 0, lagEvents: 1_500, pathsDown: ['webhook'] })).toBe(
    'No writer is running: device states are standing still. 1,500 events wait in the log, the oldest for 1 min 15 s. ' +
      'Nobody takes events by webhook: devices that report this way are unknown.',
  );
  expect(warningWords({ ...behind, freshness: 'live' }, noTrouble)).toBe('');
});

test('what is read aloud changes with the state and not with the seconds', () => {
  const facts = { ...noTrouble, problem: 'The API cannot be reached.' };
  const spoken = [6, 7, 8].map((ageSeconds) =>
    announcementWords(
      { freshness: 'old', ageSeconds, behindSeconds: null },
      { ...facts, retryInSeconds: ageSeconds },
    ),
  );
  expect(new Set(spoken)).toEqual(new Set(['Not live. The API cannot be reached.']));
});

test('an age without an answer is not told', () => {
  expect([null, 0.4, 61].map(ageWords)).toEqual(['', 'data is under 1 s old', 'data is 1 min 1 s old']);
});

const moment = (seconds: number, wallSeconds = seconds) => ({
  monotonicMs: seconds * 1_000,
  wallMs: wallSeconds * 1_000,
});

test("the database's time does not depend on what the browser's clock says", () => {
  const clock = createDatabaseClock();
  expect(clock.now(moment(0))).toBeNull();
  clock.observe(5_000_000, moment(10, 777_000_010));
  expect(clock.now(moment(13, 777_000_013))).toBe(5_003_000);
});

test('the answer that travelled fastest tells the time best, so a slow or cached answer shows its age', () => {
  const clock = createDatabaseClock();
  clock.observe(100_000, moment(1));
  clock.observe(100_100, moment(4));
  expect(clock.now(moment(4))! - 100_100).toBe(2_900);
});

test('a database whose clock was set back is believed again after a minute', () => {
  const clock = createDatabaseClock();
  clock.observe(9_000_000, moment(0));
  clock.observe(1_000_000, moment(61));
  expect(clock.now(moment(62))).toBe(1_001_000);
});

test('while a laptop sleeps one of its clocks may stand still: the other one counts', () => {
  expect(elapsedMs(moment(10, 10), moment(11, 3_610))).toBe(3_600_000);
  expect(elapsedMs(moment(10, 5_000), moment(12, 10))).toBe(2_000);
});
