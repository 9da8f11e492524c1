import { eventually } from '../../../../tests/support/eventually.js';
import type { LaneBatch } from '../event-log.js';
import { DEVICES, type ContractBench } from './contract-bench.js';
import type { RecordingApplier } from './recording-applier.js';

/** What holds for a group that applies the log, as long as every event can be applied. */
export function describeApplying(bench: ContractBench): void {
  test('what was appended before and after the start is applied once and in order', async () => {
    await bench.appendNumbered(20);
    await bench.member('w1');
    await bench.appendNumbered(20, 20);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('batches of a lane follow one another without a gap, none larger than asked for', async () => {
    await bench.appendNumbered(50);
    const { applier } = await bench.member('w1', { batchEvents: 60 });
    const batches = watchBatches(applier);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
    const reached = new Map<number, number>();
    for (const { lane, sequences } of batches) {
      const before = reached.get(lane) ?? 0;
      expect(sequences).toEqual(sequences.map((_sequence, index) => before + index + 1));
      expect(sequences.length).toBeLessThanOrEqual(60);
      reached.set(lane, before + sequences.length);
    }
  });

  test('an error before the commit repeats the batch and applies nothing twice', async () => {
    let commits = 0;
    const { applier } = await bench.member('w1', {
      batchEvents: 200,
      beforeCommit: () =>
        (commits += 1) % 4 === 2 ? Promise.reject(new Error('planted')) : Promise.resolve(),
    });
    await bench.appendNumbered(60);
    await bench.untilPassed();
    expect(applier.closed.length).toBeGreaterThan(0);
    await bench.expectAppliedOnceInOrder();
  });

  test('a batch of a backlog that fails while the next is prepared takes that one with it, and both are applied once', async () => {
    await bench.appendNumbered(150);
    let commits = 0;
    const { applier } = await bench.member('w1', {
      batchEvents: 1000,
      beforeCommit: () => ((commits += 1) === 2 ? Promise.reject(new Error('planted')) : Promise.resolve()),
    });
    await bench.untilPassed();
    expect(applier.closed.length).toBeGreaterThan(0);
    await bench.expectAppliedOnceInOrder();
  });

  test('an answer to the commit that is lost doubles nothing', async () => {
    const link = await bench.link();
    let loseNext = false;
    await bench.member('w1', {
      link,
      leaseMs: 1200,
      beforeCommit: () => {
        if (loseNext) link.loseAnswers();
        loseNext = false;
        return Promise.resolve();
      },
    });
    await bench.appendNumbered(2);
    await bench.untilPassed();
    loseNext = true;
    await bench.appendNumbered(1, 2);
    await eventually('the answer is lost', () => !loseNext);
    link.heal();
    await bench.appendNumbered(2, 3);
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder();
  });

  test('two groups read the same log, each at its own pace', async () => {
    await bench.appendNumbered(5);
    const { consumer: first } = await bench.member('a1');
    await bench.untilPassed();
    await first.stop();
    await bench.appendNumbered(5, 5);
    await bench.member('b1', { group: 'second' });
    await bench.untilPassed('second');
    expect(await bench.lag()).toBe(5 * DEVICES);
    await bench.expectAppliedOnceInOrder('b');
    await bench.member('a2');
    await bench.untilPassed();
    await bench.expectAppliedOnceInOrder('a');
  });

  test('the watermark of a lane moves on while nothing arrives', async () => {
    await bench.member('w1');
    const watermark = async () => (await bench.log().stats('state')).lanes[0]?.watermark ?? 0;
    await eventually('there is a watermark', async () => (await watermark()) > 0);
    const first = await watermark();
    await eventually('the watermark moves', async () => (await watermark()) > first);
  });
}

/** Notes the sequences of each batch that is prepared. */
function watchBatches(applier: RecordingApplier): { lane: number; sequences: number[] }[] {
  const seen: { lane: number; sequences: number[] }[] = [];
  const prepare = applier.prepare.bind(applier);
  applier.prepare = (batches: LaneBatch[]) => {
    const whole = batches.map((batch) => ({ ...batch, events: [...batch.events] }));
    for (const { lane, events } of whole) {
      if (events.length > 0) seen.push({ lane, sequences: events.map(({ sequence }) => sequence) });
    }
    return prepare(whole);
  };
  return seen;
}
