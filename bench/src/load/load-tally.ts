import { summarise, type LatencySummary } from '../report/percentiles.js';
import type { LoadCounts } from './load-job.js';

/** What a load, or a stage of it, counts while it runs. */
export interface LoadTally {
  sent(events: number): void;
  /** An answer and how many events it accepted; its latency if it counts into the measured figures. */
  answered(status: number, accepted: number, measuredMs?: number): void;
  unanswered(): void;
  counts(): LoadCounts;
  /** Events accepted by the measured answers. */
  measuredEvents(): number;
  latencyMs(): LatencySummary;
}

export function createLoadTally(): LoadTally {
  const counts: LoadCounts = { sentEvents: 0, acceptedEvents: 0, statuses: {}, unanswered: 0 };
  const latencies: number[] = [];
  let measuredEvents = 0;
  return {
    sent(events) {
      counts.sentEvents += events;
    },
    answered(status, accepted, measuredMs) {
      counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
      counts.acceptedEvents += accepted;
      if (measuredMs === undefined) return;
      latencies.push(measuredMs);
      measuredEvents += accepted;
    },
    unanswered() {
      counts.unanswered++;
    },
    counts: () => counts,
    measuredEvents: () => measuredEvents,
    latencyMs: () => summarise(latencies),
  };
}

/** The sum of several. */
export function sumCounts(parts: readonly LoadCounts[]): LoadCounts {
  const total: LoadCounts = { sentEvents: 0, acceptedEvents: 0, statuses: {}, unanswered: 0 };
  for (const { sentEvents, acceptedEvents, statuses, unanswered } of parts) {
    total.sentEvents += sentEvents;
    total.acceptedEvents += acceptedEvents;
    total.unanswered += unanswered;
    for (const [status, requests] of Object.entries(statuses)) {
      total.statuses[status] = (total.statuses[status] ?? 0) + requests;
    }
  }
  return total;
}

/** Cores this process has used on average since the call. */
export function startOwnCpuMeter(): () => number {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / (performance.now() - startedAt);
  };
}
