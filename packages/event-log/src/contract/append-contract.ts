import { laneOf } from '@cpemon/domain';
import { eventually, sleep } from '../../../../tests/support/eventually.js';
import { LogFullError, LogUnavailableError } from '../event-log.js';
import { inOrderPerDevice, type ContractBench } from './contract-bench.js';
import { testEvent } from './log-probe.js';

/** What holds for whoever puts events into the log. */
export function describeAppending(bench: ContractBench): void {
  const idsInLog = async (): Promise<string[]> => (await bench.log().readLog()).map(({ id }) => id);

  test('an answered append is in the log, in the lane of its device', async () => {
    const appender = await bench.appender();
    await appender.append([testEvent('A', 1), testEvent('B', 1), testEvent('A', 2)], 'heartbeat');
    const log = await bench.log().readLog();
    expect(log.map(({ id }) => id).sort()).toEqual(['A-1', 'A-2', 'B-1']);
    for (const { device, lane } of log) expect(lane).toBe(laneOf(device, bench.log().lanes));
  });

  test('calls of two processes at once leave no gap in any lane and keep the order of each device', async () => {
    const appenders = [await bench.appender({ producer: 'one' }), await bench.appender({ producer: 'two' })];
    const calls: Promise<void>[] = [];
    for (let n = 0; n < 100; n += 1) {
      for (const [index, appender] of appenders.entries()) {
        for (let device = 0; device < 10; device += 1) {
          calls.push(appender.append([testEvent(`P${index}-D${device}`, n)], 'heartbeat'));
        }
      }
      if (n % 10 === 0) await sleep(1);
    }
    await Promise.all(calls);
    const log = await bench.log().readLog();
    expect(log).toHaveLength(2000);
    expect(new Set(log.map(({ id }) => id)).size).toBe(2000);
    expect(inOrderPerDevice(log)).toBe(true);
    for (let lane = 0; lane < bench.log().lanes; lane += 1) {
      const sequences = log.filter((entry) => entry.lane === lane).map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.map((_sequence, index) => index + 1));
    }
  });

  test('a call is not answered before its events are durable', async () => {
    const link = await bench.link();
    const appender = await bench.appender({ link, leaseMs: 1000 });
    link.freeze();
    let answered = false;
    const waiting = appender.append([testEvent('A', 1)], 'heartbeat').then(() => (answered = true));
    await sleep(400);
    expect([answered, await idsInLog()]).toEqual([false, []]);
    link.heal();
    await waiting;
    expect(await idsInLog()).toEqual(['A-1']);
  });

  test('a caller of a log that does not answer is told so in time, and its events are in the log once or not at all', async () => {
    const link = await bench.link();
    const appender = await bench.appender({ link, leaseMs: 500, answerWithinMs: 600 });
    link.loseAnswers();
    const askedAt = performance.now();
    await expect(appender.append([testEvent('A', 1)], 'heartbeat')).rejects.toThrow(LogUnavailableError);
    expect(performance.now() - askedAt).toBeLessThan(2000);
    link.heal();
    await appender.append([testEvent('A', 2)], 'heartbeat');
    expect((await idsInLog()).filter((id) => id === 'A-2')).toHaveLength(1);
    expect((await idsInLog()).filter((id) => id === 'A-1').length).toBeLessThanOrEqual(1);
  });

  test('a flush whose answer is lost is in the log once, and its caller gets an answer', async () => {
    const link = await bench.link();
    const appender = await bench.appender({ link, leaseMs: 1000 });
    await appender.append([testEvent('A', 1)], 'heartbeat');
    link.loseAnswers();
    const doubtful = appender.append([testEvent('A', 2)], 'heartbeat');
    await eventually('the lost flush is committed', async () => (await idsInLog()).length === 2);
    link.heal();
    await doubtful;
    await appender.append([testEvent('A', 3)], 'heartbeat');
    expect(await idsInLog()).toEqual(['A-1', 'A-2', 'A-3']);
  });

  test('a half-open link of one process does not stop the intake of another', async () => {
    const link = await bench.link();
    const stuck = await bench.appender({ producer: 'stuck', link, leaseMs: 1000 });
    const other = await bench.appender({ producer: 'other' });
    link.freeze();
    const doubtful = stuck.append([testEvent('A', 1)], 'heartbeat');
    await other.append([testEvent('A', 2)], 'heartbeat');
    link.heal();
    await doubtful;
    expect(await idsInLog()).toEqual(['A-2', 'A-1']);
  });

  test('a full buffer refuses a call whole, and one path cannot fill it for the others', async () => {
    const appender = await bench.appender({ limits: { maxEvents: 100, pathShare: 0.5 } });
    const fifty = Array.from({ length: 50 }, (_, n) => testEvent('A', n));
    const taken = appender.append(fifty, 'telemetry');
    const tooMany = [testEvent('A', 51), testEvent('A', 52)];
    await expect(appender.append(tooMany, 'telemetry')).rejects.toThrow(LogFullError);
    await appender.append([testEvent('B', 1)], 'webhook');
    await taken;
    expect(await idsInLog()).toHaveLength(51);
    expect(appender.buffered()).toEqual({ events: 0, bytes: 0, callers: 0 });
    await appender.append(tooMany, 'telemetry');
    expect(await idsInLog()).toHaveLength(53);
  });

  test('closing flushes what waits, and takes nothing after', async () => {
    const appender = await bench.appender();
    const calls = Array.from({ length: 20 }, (_, n) => appender.append([testEvent(`D${n}`, 1)], 'heartbeat'));
    await appender.close();
    await Promise.all(calls);
    expect(await idsInLog()).toHaveLength(20);
    await expect(appender.append([testEvent('late', 1)], 'heartbeat')).rejects.toThrow(LogUnavailableError);
  });
}
