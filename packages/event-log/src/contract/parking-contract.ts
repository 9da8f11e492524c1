import type { CpeEvent } from '@cpemon/domain';
import { eventually } from '../../../../tests/support/eventually.js';
import { OperatorError } from '../operator-error.js';
import type { Refusal } from '../event-log.js';
import { DEVICES, GROUP, type ContractBench } from './contract-bench.js';

const QUICK = { firstMs: 100, longestMs: 200, attempts: 3, unknownTypeEveryMs: 200 };
/** Nothing is tried again during the test. */
const NEVER = { firstMs: 60_000, longestMs: 60_000, unknownTypeEveryMs: 60_000 };

const refusing =
  (wanted: string) =>
  ({ id }: CpeEvent): Refusal | undefined =>
    id === wanted ? { reason: 'refused', cause: `${id} is poison` } : undefined;

/** What holds when an event cannot be applied. */
export function describeParking(bench: ContractBench): void {
  const books = async () => {
    const { lanes } = await bench.log().stats(GROUP);
    const sum = (of: (lane: (typeof lanes)[number]) => number): number =>
      lanes.reduce((total, lane) => total + of(lane), 0);
    return {
      lag: sum(({ lagEvents }) => lagEvents),
      parkedEvents: sum(({ parkedEvents }) => parkedEvents),
      parkedDevices: sum(({ parkedDevices }) => parkedDevices),
      dead: sum(({ deadLetters }) => deadLetters),
    };
  };
  const letters = () => bench.log().deadLetters(GROUP);

  test('a refused event parks its device and no other; its later events wait, counted', async () => {
    const { applier } = await bench.member('w1', { retries: NEVER });
    applier.refuse = refusing('bad-1');
    await bench.append('bad', 0, 1, 2);
    await bench.append('good', 1);
    await bench.untilPassed();
    applier.refuse = undefined;
    await bench.append('bad', 3);
    await bench.append('good', 2);
    await bench.untilPassed();
    expect(await bench.appliedOf('bad')).toEqual(['bad-0']);
    expect(await bench.appliedOf('good')).toEqual(['good-1', 'good-2']);
    expect(await books()).toEqual({ lag: 0, parkedEvents: 3, parkedDevices: 1, dead: 0 });
  });

  test('an event that is taken at a later attempt is applied, then those behind it in order', async () => {
    const { applier } = await bench.member('w1', { retries: { ...QUICK, attempts: 100 } });
    applier.refuse = refusing('bad-1');
    await bench.append('bad', 1, 2);
    await bench.append('bad', 3);
    await eventually('all three wait', async () => (await books()).parkedEvents === 3);
    applier.refuse = undefined;
    await eventually('nothing waits', async () => (await books()).parkedEvents === 0);
    await bench.append('bad', 4);
    await bench.untilPassed();
    expect(await bench.appliedOf('bad')).toEqual(['bad-1', 'bad-2', 'bad-3', 'bad-4']);
    expect(await books()).toEqual({ lag: 0, parkedEvents: 0, parkedDevices: 0, dead: 0 });
  });

  test('after its attempts an event is a dead letter with its cause, and the device goes on in order', async () => {
    const { applier } = await bench.member('w1', { retries: QUICK });
    applier.refuse = refusing('bad-2');
    await bench.append('bad', 1, 2, 3, 4);
    await eventually('it is given up', async () => (await letters()).length === 1);
    await bench.append('bad', 5);
    await eventually('the rest is applied', async () => (await bench.appliedOf('bad')).length === 4);
    expect(await bench.appliedOf('bad')).toEqual(['bad-1', 'bad-3', 'bad-4', 'bad-5']);
    const [entry] = (await bench.log().readLog()).filter(({ id }) => id === 'bad-2');
    expect(await letters()).toEqual([
      expect.objectContaining({
        ...{ eventId: 'bad-2', cause: 'bad-2 is poison', attempts: 3, state: 'dead' },
        ...{ lane: entry?.lane, sequence: entry?.sequence },
      }),
    ]);
    expect(await books()).toEqual({ lag: 0, parkedEvents: 0, parkedDevices: 0, dead: 1 });
  });

  test('a dead letter that is requeued is applied once under its own position; a second wish is refused', async () => {
    const { applier } = await bench.member('w1', { retries: { ...QUICK, attempts: 1 } });
    applier.refuse = refusing('bad-1');
    await bench.append('bad', 1, 2);
    await eventually('the rest is applied', async () => (await bench.appliedOf('bad')).length === 1);
    const [letter] = await letters();
    if (letter === undefined) throw new Error('There is no dead letter');
    applier.refuse = undefined;
    const wishes = await Promise.allSettled([1, 2, 3].map(() => bench.log().requeue(GROUP, letter)));
    const refused = wishes.filter((wish) => wish.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(OperatorError);
    await eventually('it is settled', async () => (await letters())[0]?.state === 'applied');
    await bench.append('bad', 3);
    await bench.untilPassed();
    expect(await bench.appliedOf('bad')).toEqual(['bad-2', 'bad-1', 'bad-3']);
    const applied = (await bench.log().readApplied()).find(({ id }) => id === 'bad-1');
    expect(applied).toMatchObject({ lane: letter.lane, sequence: letter.sequence });
    expect(await books()).toEqual({ lag: 0, parkedEvents: 0, parkedDevices: 0, dead: 0 });
  });

  test('a parked device outlives its owner: the next one keeps its events back and applies them in order', async () => {
    const retries = { ...QUICK, firstMs: 1000, longestMs: 1000 };
    const { applier, consumer } = await bench.member('w1', { retries });
    applier.refuse = refusing('bad-1');
    await bench.append('bad', 1, 2);
    await eventually('it is parked', async () => (await books()).parkedEvents === 2);
    await consumer.stop();
    await bench.append('bad', 3);
    await bench.member('w2', { retries });
    await bench.untilPassed();
    await eventually('nothing waits', async () => (await books()).parkedEvents === 0);
    expect(await bench.appliedOf('bad')).toEqual(['bad-1', 'bad-2', 'bad-3']);
  });

  test('a type that a member does not know waits, at no attempt, for one that does', async () => {
    const { applier, consumer } = await bench.member('old', { retries: NEVER });
    applier.refuse = ({ id }) =>
      id === 'new-2' ? { reason: 'unknown_type', cause: 'not known' } : undefined;
    await bench.append('new', 1, 2, 3);
    await bench.append('other', 1);
    await bench.untilPassed();
    expect((await books()).parkedEvents).toBe(2);
    expect(await bench.appliedOf('other')).toEqual(['other-1']);
    await consumer.stop();
    await bench.append('new', 4);
    await bench.member('new', { retries: { ...NEVER, attempts: 1 } });
    await eventually('it is applied', async () => (await bench.appliedOf('new')).length === 4);
    expect(await bench.appliedOf('new')).toEqual(['new-1', 'new-2', 'new-3', 'new-4']);
    expect(await letters()).toEqual([]);
  });

  test('an event that makes the applier fail is found, and what came with it is applied', async () => {
    const { applier } = await bench.member('w1', { retries: { ...QUICK, attempts: 1 } });
    applier.fail = (id) => id === 'D3-1';
    await bench.appendNumbered(3);
    await eventually('it is given up', async () => (await letters()).length === 1);
    await bench.untilPassed();
    await eventually(
      'the rest is applied',
      async () => (await bench.log().readApplied()).length === 3 * DEVICES - 1,
    );
    expect(await bench.appliedOf('D3')).toEqual(['D3-0', 'D3-2']);
    expect(await letters()).toMatchObject([{ eventId: 'D3-1', cause: 'Event D3-1 fails' }]);
  });
}
