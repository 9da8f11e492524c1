import { eventually, sleep } from '../../../../tests/support/eventually.js';
import { GROUP, type ContractBench } from './contract-bench.js';

/** What holds for the members of a group and the lanes they own. */
export function describeMembership(bench: ContractBench): void {
  const ownsAll = (name: string) => async (): Promise<boolean> =>
    (await bench.shares())[name] === bench.log().lanes;

  test('three members own floor or ceil of the lanes; one that stops hands its lanes over at once', async () => {
    const { lanes } = bench.log();
    const { consumer: first } = await bench.member('w1');
    await eventually('one owns all', ownsAll('w1'));
    await bench.member('w2');
    await bench.member('w3');
    await eventually('shares are fair', async () => {
      const shares = Object.values(await bench.shares());
      return (
        shares.length === 3 &&
        shares.every((share) => share === Math.floor(lanes / 3) || share === Math.ceil(lanes / 3))
      );
    });
    await bench.appendNumbered(10);
    const stoppedAt = performance.now();
    await first.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(1000);
    expect((await bench.shares())['w1']).toBeUndefined();
    await eventually('two share', async () => {
      const { w2 = 0, w3 = 0 } = await bench.shares();
      return w2 + w3 === lanes && Math.abs(w2 - w3) <= 1;
    });
    await bench.appendNumbered(10, 10);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('a member that stops while it applies a backlog finishes its batch, and the next goes on behind it', async () => {
    await bench.appendNumbered(100);
    const { consumer } = await bench.member('w1', { batchEvents: 100 });
    await eventually('it has begun', async () => (await bench.log().readApplied()).length > 0);
    const stoppedAt = performance.now();
    await consumer.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(1000);
    expect(consumer.ownedLanes()).toEqual([]);
    await bench.member('w2');
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('the lanes of a member that falls silent are applied by another within its lease + 2 s, and it commits nothing more', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reached = false;
    const link = await bench.link();
    await bench.appendNumbered(2);
    const { consumer: stuck } = await bench.member('stuck', {
      link,
      leaseMs: 2000,
      beforeCommit: () => {
        reached = true;
        return held;
      },
    });
    await eventually('a transaction is open', () => reached);
    link.freeze();
    const frozenAt = performance.now();
    await bench.member('other', { leaseMs: 2000 });
    await bench.untilPassed();
    expect(performance.now() - frozenAt).toBeLessThan(2000 + 2000);
    link.heal();
    release();
    await bench.appendNumbered(2, 2);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
    const byStuck = (await bench.log().readApplied()).filter(({ appliedBy }) => appliedBy === 'stuck');
    expect(byStuck.filter(({ id }) => /-[01]$/.test(id))).toEqual([]);
    await stuck.stop();
  });

  test('a member that wakes up after its lanes were taken cannot commit what it had prepared', async () => {
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    let prepared = false;
    const link = await bench.link();
    await bench.appendNumbered(2);
    const { applier } = await bench.member('sleeper', { link, leaseMs: 2000 });
    const prepare = applier.prepare.bind(applier);
    applier.prepare = async (batches) => {
      const effect = await prepare(batches);
      prepared = true;
      await asleep;
      return effect;
    };
    await eventually('a batch is prepared', () => prepared);
    link.freeze();
    await bench.member('other', { leaseMs: 2000 });
    await bench.untilPassed();
    link.heal();
    await eventually('the sleeper has a lease again', async () =>
      (await bench.log().stats(GROUP)).members.some(({ member }) => member === 'sleeper'),
    );
    wake();
    await eventually('it owns lanes again', async () => ((await bench.shares())['sleeper'] ?? 0) > 0);
    await bench.appendNumbered(2, 2);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('a batch that waited past its lease before the commit is rolled back', async () => {
    let waits = 1;
    const { applier } = await bench.member('w1', {
      leaseMs: 1200,
      beforeCommit: async () => {
        if (waits-- > 0) await sleep(1300);
      },
    });
    await bench.appendNumbered(1);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
    expect(applier.closed.length).toBeGreaterThan(0);
  });

  test('with no member left nobody owns a lane and the backlog waits; the next member applies it', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { consumer } = await bench.member(`w${round}`);
      await eventually('it owns all', ownsAll(`w${round}`));
      await bench.appendNumbered(2, round * 4);
      await bench.untilPassed();
      await consumer.stop();
      expect(await bench.shares()).toEqual({});
      await bench.appendNumbered(2, round * 4 + 2);
      expect(await bench.lag()).toBeGreaterThan(0);
    }
    await bench.member('last');
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('ten members that start at once come to rest with fair shares, and hardly a lane moves twice', async () => {
    const { lanes } = bench.log();
    const epochs = async (): Promise<number[]> =>
      (await bench.log().stats(GROUP)).lanes.map(({ epoch }) => epoch);
    await Promise.all(Array.from({ length: 10 }, (_, n) => bench.member(`w${n}`)));
    const isFair = async (): Promise<boolean> => {
      const shares = Object.values(await bench.shares());
      return (
        shares.length === 10 &&
        shares.reduce((sum, share) => sum + share, 0) === lanes &&
        shares.every((share) => share === Math.floor(lanes / 10) || share === Math.ceil(lanes / 10))
      );
    };
    await eventually('shares are fair', isFair);
    const settled = await epochs();
    expect(Math.max(...settled)).toBeLessThanOrEqual(2);
    await bench.appendNumbered(5);
    await sleep(2000);
    expect(await epochs()).toEqual(settled);
    expect(await isFair()).toBe(true);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });
}
