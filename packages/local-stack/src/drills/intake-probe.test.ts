import { longestGapSeconds, startIntakeProbe } from './intake-probe.js';

const taken = (answeredMs: number) => ({ sentMs: answeredMs - 1, answeredMs, taken: true });
const refused = (answeredMs: number) => ({ sentMs: answeredMs - 1, answeredMs, taken: false });

test('the gap is the longest time between two that were taken, whatever was refused in it', () => {
  const answers = [taken(100), refused(900), taken(1100), taken(1150), refused(2000), taken(4150)];
  expect(longestGapSeconds(answers, 0)).toBe(3);
  expect(longestGapSeconds([...answers].reverse(), 0)).toBe(3);
});

test('a gap that was over before does not count', () => {
  expect(longestGapSeconds([taken(100), taken(5000), taken(5100)], 5050)).toBe(0.1);
  expect(longestGapSeconds([], 0)).toBe(0);
});

test('a probe tells what became of those that were sent since', async () => {
  let status = 202;
  const probe = startIntakeProbe({ heartbeat: () => Promise.resolve(status) });
  const began = performance.now();
  while (!probe.takenSince(began)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(probe.refusedSince(began)).toBe(false);
  status = 503;
  const changed = performance.now();
  while (!probe.refusedSince(changed)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(probe.takenSince(performance.now())).toBe(false);
  await probe.stop();
});
