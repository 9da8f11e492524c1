import { eventually } from '../../../../tests/support/eventually.js';
import type { LogAppender, LogConsumer } from '../event-log.js';
import type {
  AppliedEntry,
  AppenderWish,
  ConsumerWish,
  EventLogAdapter,
  Link,
  LogUnderTest,
} from './event-log-adapter.js';
import { testEvent } from './log-probe.js';
import { createRecordingApplier, type RecordingApplier } from './recording-applier.js';

export const GROUP = 'state';
/** Devices of `appendNumbered`: more than lanes, so that lanes are shared. */
export const DEVICES = 40;

/** A fresh log for each test, and what is started on it; everything is stopped after the test. */
export interface ContractBench {
  log(): LogUnderTest;
  appender(wish?: AppenderWish): Promise<LogAppender>;
  /** Starts a member of a group that writes down what it applies. */
  member(
    name: string,
    wish?: Partial<ConsumerWish>,
  ): Promise<{ applier: RecordingApplier; consumer: LogConsumer }>;
  link(): Promise<Link>;
  /** Events `from` to `from + perDevice - 1` of each device, one call a number. */
  appendNumbered(perDevice: number, from?: number): Promise<void>;
  /** Events of one device by their numbers, in one call. */
  append(device: string, ...numbers: number[]): Promise<void>;
  lag(group?: string): Promise<number>;
  /** Waits until the group has passed every event of the log. */
  untilPassed(group?: string, withinMs?: number): Promise<void>;
  /** How many lanes each owner has, by name. */
  shares(): Promise<Record<string, number>>;
  /** Ids of a device's events as they were applied. */
  appliedOf(device: string): Promise<string[]>;
  /** Every event of the log was applied once, by members called `name…`, each lane's in the order of its sequences. */
  expectAppliedOnceInOrder(name?: string): Promise<void>;
}

export function contractBench(adapter: EventLogAdapter): ContractBench {
  let log: LogUnderTest;
  let feeder: LogAppender | undefined;
  let stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    log = await adapter.create();
    feeder = undefined;
    stops = [];
  });
  afterEach(async () => {
    // Those behind a link that failed first, while the link is still there.
    for (const stop of stops.reverse()) await stop();
    await log.discard();
  });

  const appender = async (wish: AppenderWish = {}): Promise<LogAppender> => {
    const made = await log.appender(wish);
    stops.push(() => made.close());
    return made;
  };
  const feed = async (): Promise<LogAppender> => (feeder ??= await appender());
  const bench: ContractBench = {
    log: () => log,
    appender,
    async member(name, wish = {}) {
      const applier = createRecordingApplier(name);
      const consumer = await log.consumer({ member: name, applier, ...wish });
      stops.push(() => consumer.stop());
      return { applier, consumer };
    },
    async link() {
      const link = await log.openLink();
      stops.push(() => link.close());
      return link;
    },
    async appendNumbered(perDevice, from = 0) {
      const to = await feed();
      for (let n = from; n < from + perDevice; n += 1) {
        const events = Array.from({ length: DEVICES }, (_, device) => testEvent(`D${device}`, n));
        await to.append(events, 'heartbeat');
      }
    },
    async append(device, ...numbers) {
      const events = numbers.map((n) => testEvent(device, n));
      await (await feed()).append(events, 'heartbeat');
    },
    async lag(group = GROUP) {
      const { lanes } = await log.stats(group);
      return lanes.reduce((sum, { lagEvents }) => sum + lagEvents, 0);
    },
    untilPassed: (group = GROUP, withinMs = 10_000) =>
      eventually(`${group} has passed every event`, async () => (await bench.lag(group)) === 0, withinMs),
    async shares() {
      const shares: Record<string, number> = {};
      for (const { owner } of (await log.stats(GROUP)).lanes) {
        if (owner !== null) shares[owner] = (shares[owner] ?? 0) + 1;
      }
      return shares;
    },
    async appliedOf(device) {
      return (await log.readApplied()).filter((entry) => entry.device === device).map(({ id }) => id);
    },
    async expectAppliedOnceInOrder(name = '') {
      const inLog = await log.readLog();
      const applied = (await log.readApplied()).filter(({ appliedBy }) => appliedBy.startsWith(name));
      const byLane = (entries: { lane: number; sequence: number; id: string }[], lane: number) =>
        entries.filter((entry) => entry.lane === lane).map(({ sequence, id }) => ({ sequence, id }));
      for (let lane = 0; lane < log.lanes; lane += 1)
        expect(byLane(applied, lane)).toEqual(byLane(inLog, lane));
      expect(applied).toHaveLength(inLog.length);
    },
  };
  return bench;
}

/** Whether each device's events came in the order of their numbers. */
export function inOrderPerDevice(entries: readonly Pick<AppliedEntry, 'device' | 'id'>[]): boolean {
  const last = new Map<string, number>();
  return entries.every(({ device, id }) => {
    const number = Number(id.split('-').at(-1));
    const before = last.get(device) ?? -1;
    last.set(device, number);
    return number > before;
  });
}
