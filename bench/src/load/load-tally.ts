import { summarise } from '../report/percentiles.js';
import type { LoadResult } from './load-job.js';

/** What a load counts while it runs. */
export interface LoadTally {
  sent(events: number): void;
  /** An answer, how many events it accepted, and whether it counts into the measured figures. */
  answered(status: number, accepted: number, latencyMs: number, measured: boolean): void;
  unanswered(): void;
  late(ms: number): void;
  result(measuredSeconds: number): LoadResult;
}

export function createLoadTally(): LoadTally {
  const cpuAtStart = process.cpuUsage();
  const startedAt = performance.now();
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let sentEvents = 0;
  let acceptedEvents = 0;
  let measuredEvents = 0;
  let unanswered = 0;
  let worstLatenessMs = 0;
  return {
    sent(events) {
      sentEvents += events;
    },
    answered(status, accepted, latencyMs, measured) {
      statuses[status] = (statuses[status] ?? 0) + 1;
      acceptedEvents += accepted;
      if (!measured) return;
      latencies.push(latencyMs);
      measuredEvents += accepted;
    },
    unanswered() {
      unanswered++;
    },
    late(ms) {
      if (ms > worstLatenessMs) worstLatenessMs = ms;
    },
    result(measuredSeconds) {
      const cpu = process.cpuUsage(cpuAtStart);
      return {
        sentEvents,
        acceptedEvents,
        statuses,
        unanswered,
        measuredEvents,
        measuredSeconds,
        latencyMs: summarise(latencies),
        worstLatenessMs,
        cores: (cpu.user + cpu.system) / 1000 / (performance.now() - startedAt),
      };
    },
  };
}
