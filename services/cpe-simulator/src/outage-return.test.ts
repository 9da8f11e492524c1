import {
  createSimulatedFleet,
  SIMULATED_START,
  type Heard,
  type SimulatedFleet,
  type SimulatedFleetOptions,
} from '../../../tests/support/simulated-fleet.js';
import { INFORM_EVENTS } from './inform-events.js';
import type { Outcome } from './outcome.js';
import { totalsOf } from './path-tally.js';

const HOUR = 3600;
const STEP_MS = 250;
const ACCEPTED: Outcome = { kind: 'accepted', rejected: [] };

/** A fleet whose target is away from one second to another after the start. */
function fleetWithOutage(
  fromSeconds: number,
  toSeconds: number,
  refusal: Outcome,
  options: SimulatedFleetOptions,
): SimulatedFleet {
  return createSimulatedFleet({
    ...{ stepMs: STEP_MS, lazy: true },
    ...options,
    answer(_shipment, atMs) {
      const seconds = (atMs - SIMULATED_START) / 1000;
      return seconds >= fromSeconds && seconds < toSeconds ? refusal : ACCEPTED;
    },
  });
}

/** Waits before each retry, seconds, by its RetryCount. */
function waitsByCount(heard: readonly Heard[]): Map<number, number[]> {
  const before = new Map<object, number>();
  const waits = new Map<number, number[]>();
  for (const { shipment, retryCount, atMs } of heard) {
    const earlierMs = before.get(shipment);
    if (earlierMs !== undefined) {
      waits.set(retryCount, [...(waits.get(retryCount) ?? []), (atMs - earlierMs) / 1000]);
    }
    before.set(shipment, atMs);
  }
  return waits;
}

describe('a target that is away for half an hour', () => {
  const AWAY: [number, number] = [HOUR, HOUR + 1800];
  const down: Outcome = { kind: 'unanswered', reason: 'connection_refused' };
  const newEvents = new Map<number, number>();
  let stage: SimulatedFleet;

  beforeAll(async () => {
    stage = fleetWithOutage(...AWAY, down, { devices: 500, intervalSeconds: HOUR, mix: 'cwmp=1' });
    // A tenth of the devices has something new to tell meanwhile: half of them waits for a retry by then.
    for (let device = 0; device < 500; device += 10) {
      const afterSeconds = HOUR + 1200 + device;
      newEvents.set(device, SIMULATED_START + afterSeconds * 1000);
      stage.simulation.tell(device, INFORM_EVENTS.valueChange.bit, afterSeconds * 1000);
    }
    await stage.pass(3 * HOUR);
  }, 60_000);

  const alone = (): Heard[] => stage.heard.filter(({ device }) => !newEvents.has(device));

  it('is tried by TR-069’s table: each wait is in its row, and spread evenly over it', () => {
    const waits = waitsByCount(alone());
    expect(Math.max(...waits.keys())).toBeGreaterThanOrEqual(8);
    for (const [count, seconds] of waits) {
      const from = 5 * 2 ** (count - 1);
      const quarters = [0, 0, 0, 0];
      for (const wait of seconds) {
        expect(wait).toBeGreaterThanOrEqual(from);
        expect(wait).toBeLessThanOrEqual(2 * from + STEP_MS / 1000);
        quarters[Math.min(3, Math.floor(((wait - from) / from) * 4))]! += 1;
      }
      if (seconds.length < 150) continue;
      for (const quarter of quarters) {
        expect(quarter / seconds.length).toBeGreaterThan(0.17);
        expect(quarter / seconds.length).toBeLessThan(0.33);
      }
    }
  });

  it('is what the statistics of retries say', () => {
    const waits = waitsByCount(stage.heard);
    for (const row of stage.simulation.retries()) {
      const all = waits.get(row.retry_count)?.length ?? 0;
      expect(row.retries + row.by_event).toBe(all);
      if (row.retries === 0) continue;
      expect(row.table_seconds).toEqual([5 * 2 ** (row.retry_count - 1), 5 * 2 ** row.retry_count]);
      expect(row.least_seconds).toBeGreaterThanOrEqual(row.table_seconds[0]);
      expect(row.most_seconds).toBeLessThanOrEqual(row.table_seconds[1] + STEP_MS / 1000);
    }
  });

  it('gets each Inform with the number of its failures, and a new CurrentTime each time', () => {
    const failures = new Map<object, number>();
    for (const one of alone()) {
      const body = one.body();
      expect(one.retryCount).toBe(failures.get(one.shipment) ?? 0);
      expect(body).toContain(`<RetryCount>${one.retryCount}</RetryCount>`);
      failures.set(one.shipment, one.retryCount + 1);
    }
  });

  it('loses no event: every device is heard, and what it had to tell comes with its first Inform', () => {
    const backMs = SIMULATED_START + AWAY[1] * 1000;
    expect(new Set(stage.heard.filter(({ atMs }) => atMs >= backMs).map(({ device }) => device)).size).toBe(
      500,
    );
    for (const [device, sinceMs] of newEvents) {
      const first = stage.heard.find(
        (one) => one.device === device && one.atMs >= Math.max(backMs, sinceMs),
      )!;
      expect(first.codes).toContain('4 VALUE CHANGE');
    }
    expect(totalsOf(stage.truth)).toMatchObject({ rejected: 0, in_doubt: 0, abandoned: 0 });
  });

  it('is tried at once by a device that waits and has something new', () => {
    let atOnce = 0;
    for (const [device, sinceMs] of newEvents) {
      const tries = stage.heard.filter((one) => one.device === device);
      if (tries.some(({ atMs }) => Math.abs(atMs - sinceMs) <= STEP_MS)) atOnce += 1;
    }
    expect(atOnce).toBe(newEvents.size);
  });

  it('is returned to without a herd', () => {
    const backMs = SIMULATED_START + AWAY[1] * 1000;
    const returned = alone().filter(({ atMs, retryCount }) => atMs >= backMs && retryCount > 0);
    const byMinute = new Map<number, number>();
    for (const { atMs } of returned) {
      const minute = Math.floor((atMs - backMs) / 60_000);
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1);
    }
    expect(returned.length).toBeGreaterThan(200);
    expect(byMinute.size).toBeGreaterThan(15);
    expect(Math.max(...byMinute.values()) / returned.length).toBeLessThan(0.2);
  });
});

describe('bulk reports that cannot be delivered', () => {
  const INTERVAL = 300;
  const AWAY: [number, number] = [4 * INTERVAL, 10 * INTERVAL];
  const refused: Outcome = { kind: 'refused', status: 503, retryAfterMs: 0 };
  const play = async (mix: string, retainedReports: number): Promise<SimulatedFleet> => {
    const options = { devices: 20, intervalSeconds: INTERVAL, mix, retainedReports, stepMs: 1000 };
    const stage = fleetWithOutage(...AWAY, refused, options);
    await stage.pass(20 * INTERVAL);
    return stage;
  };
  /** Times of collection that arrived, by device and profile. */
  const collected = (stage: SimulatedFleet): Map<string, number[]> => {
    const times = new Map<string, number[]>();
    const isAway = (atMs: number): boolean =>
      atMs - SIMULATED_START >= AWAY[0] * 1000 && atMs - SIMULATED_START < AWAY[1] * 1000;
    for (const { device, dueMs, shipment, atMs } of stage.heard) {
      if (isAway(atMs)) continue;
      const key = `${device} ${shipment.profile}`;
      times.set(key, [...(times.get(key) ?? []), dueMs]);
    }
    return times;
  };

  it.each(['bulk-tree=1', 'bulk-pairs=1', 'bulk-rows=1', 'bulk-columns=1'])(
    '%s: come with the next one, oldest first, none missing',
    async (mix) => {
      const stage = await play(mix, 10);
      const byDevice = new Map<string, number[]>();
      for (const [key, times] of collected(stage)) {
        expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
        const device = key.split(' ')[0]!;
        byDevice.set(device, [...(byDevice.get(device) ?? []), ...times]);
      }
      for (const times of byDevice.values()) {
        times.sort((a, b) => a - b);
        // Of each interval one report, of one profile or the other; the last may still be kept.
        times.slice(1, -3).forEach((time, index) => expect(time - times[index]!).toBe(INTERVAL * 1000));
      }
      const several = stage.heard.filter(({ shipment }) => shipment.reports.length > 3);
      const text = several.at(-1)!.body();
      const elements = text.startsWith('{')
        ? (JSON.parse(text) as { Report: unknown[] }).Report.length
        : new Set(
            text
              .trimEnd()
              .split('\r\n')
              .slice(1)
              .map((line) => line.split(',')[0]),
          ).size;
      expect(elements).toBe(several.at(-1)!.shipment.reports.length);
      expect(totalsOf(stage.truth)).toMatchObject({ in_doubt: 0, rejected: 0, abandoned: 0 });
    },
  );

  it('are given up beyond what a device retains, the oldest first, and counted', async () => {
    const stage = await play('bulk-pairs=1', 2);
    const { sent, acknowledged, abandoned } = totalsOf(stage.truth);
    expect(abandoned).toBeGreaterThan(20);
    expect(sent).toBe(acknowledged + abandoned);
    const most = Math.max(...stage.heard.map(({ shipment }) => shipment.reports.length));
    expect(most).toBeLessThanOrEqual(3);
  });
});
