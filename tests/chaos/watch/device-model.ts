/** What the log says of a device, worked out by rules of our own and not by the code under test. */
export interface DeviceModel {
  applied: number;
  duplicates: number;
  late: number;
  /** Counter of the report in force; null before the first. */
  counter: number | null;
  /** Device time of the newest report of the source heard last, epoch ms. */
  deviceTime: number | null;
  /** Last sign of life, epoch ms. */
  lastSeenAt: number;
  /** Source heard last. */
  source: string;
  lastSequence: number;
  intervalSeconds: number;
}

/** An event of the log. */
export interface LogEntry {
  generation: number;
  lane: number;
  sequence: number;
  /** Epoch ms. */
  receivedAt: number;
  device: number;
  n: number;
  source: string;
  id: string;
  type: string;
  /** Epoch ms; null when the event has none. */
  time: number | null;
  counter: number;
  intervalSeconds: number;
  /** A test event, which fails when it is applied. */
  fails: boolean;
}

/** Applies the events of one device in the order in which they take effect. */
export interface DeviceReckoner {
  apply(entry: LogEntry): void;
  model(): DeviceModel;
}

/** docs/event-log.md section 1: so many identities of a device are known when they come again. */
const REMEMBERED = 16;
/** docs/device-status.md section 1: further ahead a clock is not believed. */
const FURTHEST_AHEAD_MS = 300_000;

interface SourceModel {
  newestAt: number;
  deviceTime: number | null;
  counter: number;
  receivedAt: number;
  sequence: number;
}

export function createReckoner(): DeviceReckoner {
  const remembered: string[] = [];
  const sources = new Map<string, SourceModel>();
  let heardLast = '';
  const counts = { applied: 0, duplicates: 0, late: 0 };
  let lastSeenAt = -Infinity;
  let lastSequence = 0;
  let intervalSeconds = 0;

  return {
    apply(entry) {
      const { source, receivedAt, sequence } = entry;
      const believed =
        entry.time !== null && entry.time <= receivedAt + FURTHEST_AHEAD_MS ? entry.time : null;
      const seenAt = source === '/heartbeat' ? receivedAt : Math.min(believed ?? receivedAt, receivedAt);
      const identity = `${source} ${entry.id}`;
      counts.applied += 1;
      heardLast = source;
      lastSequence = Math.max(lastSequence, sequence);
      intervalSeconds = entry.intervalSeconds;
      if (remembered.includes(identity)) {
        counts.duplicates += 1;
        if (source === '/heartbeat') lastSeenAt = Math.max(lastSeenAt, seenAt);
        return;
      }
      remembered.push(identity);
      if (remembered.length > REMEMBERED) remembered.shift();
      lastSeenAt = Math.max(lastSeenAt, seenAt);
      const orderAt = believed ?? receivedAt;
      const known = sources.get(source);
      if (known !== undefined && orderAt < known.newestAt) {
        counts.late += 1;
        return;
      }
      const report = {
        newestAt: orderAt,
        deviceTime: believed,
        counter: entry.counter,
        receivedAt,
        sequence,
      };
      sources.set(source, report);
    },
    model() {
      let best: SourceModel | undefined;
      for (const report of sources.values()) {
        const wins =
          best === undefined ||
          report.receivedAt > best.receivedAt ||
          (report.receivedAt === best.receivedAt && report.sequence > best.sequence);
        if (wins) best = report;
      }
      return {
        ...counts,
        counter: best?.counter ?? null,
        deviceTime: sources.get(heardLast)?.deviceTime ?? null,
        lastSeenAt,
        source: heardLast,
        lastSequence,
        intervalSeconds,
      };
    },
  };
}
