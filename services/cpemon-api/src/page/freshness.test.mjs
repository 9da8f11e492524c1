import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDatabaseClock, elapsedMs } from '../../public/page/database-clock.mjs';
import { ageWords, announcementWords, warningWords } from '../../public/page/freshness-words.mjs';
import { judgeBacklog, judgeFreshness } from '../../public/page/freshness.mjs';

const fresh = {
  locked: false,
  ageSeconds: 0.3,
  waitingSeconds: 60,
  oldestUnappliedAgeSeconds: null,
  lagEvents: 0,
  writers: 1,
  pathsDown: [],
};
const judge = (facts) => judgeFreshness({ ...fresh, ...facts }).freshness;

test('data is live up to 5 s of age and a warning above it', () => {
  assert.equal(judge({}), 'live');
  assert.equal(judge({ ageSeconds: 5 }), 'live');
  assert.equal(judge({ ageSeconds: 5.1 }), 'old');
});

test('without any answer the page is connecting for 5 s, then it warns', () => {
  assert.equal(judge({ ageSeconds: null, waitingSeconds: 2 }), 'connecting');
  assert.equal(judge({ ageSeconds: null, waitingSeconds: 6 }), 'old');
  assert.equal(judge({ ageSeconds: null, waitingSeconds: 6, locked: true }), 'locked');
});

test('new answers about old device states are not live', () => {
  assert.equal(judge({ lagEvents: 9, oldestUnappliedAgeSeconds: 4 }), 'live');
  assert.equal(judge({ lagEvents: 9, oldestUnappliedAgeSeconds: 6 }), 'behind');
  assert.equal(judge({ writers: 0 }), 'behind');
  assert.equal(judge({ writers: null }), 'live');
});

test('while nobody listens on a path the page is not live, whatever else is well', () => {
  assert.equal(judge({ pathsDown: ['webhook'] }), 'deaf');
  assert.equal(judge({ pathsDown: ['webhook'], writers: 0 }), 'behind');
});

test('old answers outrank a backlog: what they say about it is old too', () => {
  assert.equal(judge({ ageSeconds: 30, lagEvents: 9, oldestUnappliedAgeSeconds: 60 }), 'old');
});

test('the backlog is called by what the rates say, and unknown when they say nothing', () => {
  const backlog = {
    lagEvents: 500,
    oldestUnappliedAgeSeconds: 30,
    acceptRate: 100,
    drainRate: 900,
    writers: 2,
  };
  assert.equal(judgeBacklog(backlog).state, 'draining');
  assert.equal(judgeBacklog({ ...backlog, drainRate: 50 }).state, 'growing');
  assert.equal(judgeBacklog({ ...backlog, drainRate: undefined }).state, 'unknown');
  assert.equal(judgeBacklog({ ...backlog, writers: 0 }).state, 'waiting');
  assert.equal(judgeBacklog({ ...backlog, oldestUnappliedAgeSeconds: 0.2 }).state, 'flowing');
  assert.equal(judgeBacklog({ ...backlog, lagEvents: 0, oldestUnappliedAgeSeconds: null }).state, 'empty');
  assert.equal(judgeBacklog({ ...backlog, lagEvents: undefined }).state, 'unknown');
});

const noTrouble = { problem: null, retryInSeconds: null, lagEvents: 0, writers: 1, pathsDown: [] };

test('a warning says what is wrong, since when, and what happens next', () => {
  const old = { freshness: 'old', ageSeconds: 12, behindSeconds: null };
  const refused = { ...noTrouble, problem: 'The API cannot be reached.', retryInSeconds: 3.4 };
  assert.equal(
    warningWords(old, refused),
    'What you see is 12 s old. The API cannot be reached. Next try in 3 s.',
  );
  assert.equal(warningWords(old, noTrouble), 'What you see is 12 s old. The API gives old answers.');
  const behind = { freshness: 'behind', ageSeconds: 0, behindSeconds: 75 };
  assert.equal(
    warningWords(behind, { ...noTrouble, writers: 0, lagEvents: 1_500, pathsDown: ['webhook'] }),
    'No writer is running: device states are standing still. 1,500 events wait in the log, the oldest for 1 min 15 s. ' +
      'Nobody takes events by webhook: devices that report this way are unknown.',
  );
  assert.equal(warningWords({ ...behind, freshness: 'live' }, noTrouble), '');
});

test('what is read aloud changes with the state and not with the seconds', () => {
  const facts = { ...noTrouble, problem: 'The API cannot be reached.' };
  const spoken = [6, 7, 8].map((ageSeconds) =>
    announcementWords(
      { freshness: 'old', ageSeconds, behindSeconds: null },
      { ...facts, retryInSeconds: ageSeconds },
    ),
  );
  assert.deepEqual(new Set(spoken), new Set(['Not live. The API cannot be reached.']));
});

test('an age without an answer is not told', () => {
  assert.equal(ageWords(null), '');
  assert.equal(ageWords(0.4), 'data is under 1 s old');
  assert.equal(ageWords(61), 'data is 1 min 1 s old');
});

const moment = (seconds, wallSeconds = seconds) => ({
  monotonicMs: seconds * 1_000,
  wallMs: wallSeconds * 1_000,
});

test("the database's time does not depend on what the browser's clock says", () => {
  const clock = createDatabaseClock();
  assert.equal(clock.now(moment(0)), null);
  clock.observe(5_000_000, moment(10, 777_000_010));
  assert.equal(clock.now(moment(13, 777_000_013)), 5_003_000);
});

test('the answer that travelled fastest tells the time best, so a slow or cached answer shows its age', () => {
  const clock = createDatabaseClock();
  clock.observe(100_000, moment(1));
  clock.observe(100_100, moment(4));
  assert.equal(clock.now(moment(4)) - 100_100, 2_900);
});

test('a database whose clock was set back is believed again after a minute', () => {
  const clock = createDatabaseClock();
  clock.observe(9_000_000, moment(0));
  clock.observe(1_000_000, moment(61));
  assert.equal(clock.now(moment(62)), 1_001_000);
});

test('while a laptop sleeps one of its clocks may stand still: the other one counts', () => {
  assert.equal(elapsedMs(moment(10, 10), moment(11, 3_610)), 3_600_000);
  assert.equal(elapsedMs(moment(10, 5_000), moment(12, 10)), 2_000);
});
