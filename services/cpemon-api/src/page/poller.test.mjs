import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate } from 'node:timers';
import { createPoller, retryDelayMs } from '../../public/page/poller.mjs';

/** Lets promises that are ready run their handlers. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A poller on a clock that the test moves, and the requests it made. */
function start(t, options = {}) {
  mock.timers.enable({ apis: ['setTimeout'] });
  const asked = [];
  const poller = createPoller({
    request: (signal) =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject, signal });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    onAnswer: () => {},
    onProblem: () => {},
    random: () => 0.5,
    ...options,
  });
  t.after(() => {
    poller.stop();
    mock.timers.reset();
  });
  poller.start();
  return { poller, asked };
}

test('a slow answer delays the next request instead of piling up', async (t) => {
  const { asked } = start(t);
  mock.timers.tick(3_900);
  await settle();
  assert.equal(asked.length, 1);
  asked[0].resolve({});
  await settle();
  mock.timers.tick(1_000);
  assert.equal(asked.length, 2);
});

test('a request without an answer is given up after its time-out, and the problem says so', async (t) => {
  const problems = [];
  const { asked } = start(t, { onProblem: (problem) => problems.push(problem) });
  mock.timers.tick(4_000);
  await settle();
  assert.equal(asked[0].signal.aborted, true);
  assert.deepEqual(
    problems.map(({ name, message }) => [name, message]),
    [['PollTimeout', 'no answer within 4 s']],
  );
});

test('failures slow the asking down to a limit, and an answer ends that', async (t) => {
  const delays = [];
  const { asked } = start(t, { onProblem: (_problem, retryInMs) => delays.push(retryInMs) });
  for (let failures = 0; failures < 6; failures += 1) {
    asked.at(-1).reject(new Error('refused'));
    await settle();
    mock.timers.tick(delays.at(-1));
  }
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  asked.at(-1).resolve({});
  await settle();
  mock.timers.tick(1_000);
  asked.at(-1).reject(new Error('refused'));
  await settle();
  assert.equal(delays.at(-1), 1_000);
});

test('a server that names a time to come back is obeyed', async (t) => {
  const delays = [];
  const { asked } = start(t, { onProblem: (_problem, retryInMs) => delays.push(retryInMs) });
  asked[0].reject(Object.assign(new Error('busy'), { retryAfterSeconds: 7 }));
  await settle();
  assert.deepEqual(delays, [7_000]);
});

test('a poller in hurry asks at once, but never twice at a time', async (t) => {
  const { poller, asked } = start(t);
  poller.hurry();
  assert.equal(asked.length, 1);
  asked[0].reject(new Error('refused'));
  await settle();
  poller.hurry();
  poller.hurry();
  assert.equal(asked.length, 2);
  mock.timers.tick(1_000);
  assert.equal(asked.length, 2);
});

test('a stopped poller drops the request in hand, tells nobody, and starts again at once', async (t) => {
  const heard = [];
  const { poller, asked } = start(t, {
    onAnswer: () => heard.push('answer'),
    onProblem: () => heard.push('problem'),
  });
  poller.stop();
  poller.stop();
  await settle();
  mock.timers.tick(60_000);
  assert.equal(asked[0].signal.aborted, true);
  assert.equal(asked.length, 1);
  assert.deepEqual(heard, []);
  poller.start();
  poller.start();
  assert.equal(asked.length, 2);
});

test('the retries of many browsers are spread', () => {
  assert.equal(retryDelayMs(1, 1_000, 15_000, 0), 800);
  assert.equal(Math.round(retryDelayMs(1, 1_000, 15_000, 1)), 1_200);
});
