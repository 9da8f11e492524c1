import { planBatch } from './batch-plan.js';
import { newOwnedLane } from './owned-lane.js';

const lane = (number: number, offset: number) => ({
  ...newOwnedLane(number, 1),
  readOffset: offset,
  open: true,
});
const limits = { events: 100, bytes: 1_000_000 };

test('all lanes that have something waiting go into one transaction when it fits', () => {
  const plan = planBatch(
    [lane(0, 10), lane(1, 5), lane(2, 0)],
    new Map([
      [0, 20],
      [1, 5],
      [2, 30],
    ]),
    limits,
  );
  expect(plan.lanes.map((planned) => planned.lane)).toEqual([0, 2]);
});

test('behind a backlog the lane that is furthest behind goes alone', () => {
  const plan = planBatch(
    [lane(0, 0), lane(1, 0)],
    new Map([
      [0, 80],
      [1, 200],
    ]),
    limits,
  );
  expect(plan.lanes.map((planned) => planned.lane)).toEqual([1]);
  expect(plan.maxEventsPerLane).toBe(100);
});

test('large events make a smaller batch', () => {
  const large = { ...lane(0, 0), bytesPerEvent: 50_000 };
  expect(planBatch([large], new Map([[0, 90]]), limits)).toMatchObject({ maxEventsPerLane: 20 });
});

test('nothing waiting is an empty plan', () => {
  expect(planBatch([lane(0, 7)], new Map([[0, 7]]), limits).lanes).toEqual([]);
});
