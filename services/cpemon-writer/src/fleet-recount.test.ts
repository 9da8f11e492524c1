import type { LaneWork } from '@cpemon/event-log';
import { createFleetRecount } from './fleet-recount.js';

type Lanes = Parameters<LaneWork['step']>[0];
type Hands = Parameters<LaneWork['step']>[1];

const lanesOf = (...numbers: number[]) => numbers.map((lane) => ({ lane })) as unknown as Lanes;

test('each lane is recounted once an hour, spread over it, and one that is no longer ours is forgotten', async () => {
  let now = 0;
  const counted: number[] = [];
  const hands = {
    transact: ({ lanes }: { lanes: Lanes }) => {
      counted.push(...lanes.map(({ lane }) => lane));
      return Promise.resolve();
    },
  } as unknown as Hands;
  const randoms = [0.25, 0.75, 0.5];
  const work = createFleetRecount({
    onDrift: () => undefined,
    now: () => now,
    random: () => randoms.shift()!,
    everyMs: 3600,
  });
  const run = async (until: number, lanes: Lanes): Promise<void> => {
    while (now <= until) now += Math.max(1, await work.step(lanes, hands));
  };
  await run(3600, lanesOf(1, 2));
  expect(counted).toEqual([1, 2]);
  await run(7200, lanesOf(2));
  expect(counted).toEqual([1, 2, 2]);
});
