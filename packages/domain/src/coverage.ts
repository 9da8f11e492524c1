/** What one firmware of a model sends, as far as it was looked at. */
export interface FirmwareCoverage {
  firmware: string;
  /** When a report of it was first seen, epoch ms. */
  firstAt: number;
  /** Reports of it whose metrics were counted. */
  lookedAt: number;
  /** In how many of them each metric was. */
  seen: ReadonlyMap<string, number>;
}

export interface StoppedMetric {
  metric: string;
  /** The last firmware before that sent it, and in which share of its reports. */
  before: string;
  share: number;
}

/** A metric in fewer reports of a firmware is none that the firmware sends: one odd device does. */
const SENT_SHARE = 0.05;
/** Of fewer reports nobody knows what a firmware leaves out. */
export const ENOUGH_REPORTS = 50;

/**
 * Metrics that a firmware sent and the one that came after it does not: what an upgrade has taken away, or a mapping that
 * does not know the new paths. By firmware, of one model; a firmware without enough reports is passed over.
 */
export function stoppedMetrics(firmwares: readonly FirmwareCoverage[]): Map<string, StoppedMetric[]> {
  const known = firmwares.filter(({ lookedAt }) => lookedAt >= ENOUGH_REPORTS);
  known.sort((one, other) => one.firstAt - other.firstAt);
  const stopped = new Map<string, StoppedMetric[]>();
  const sentBefore = new Map<string, Omit<StoppedMetric, 'metric'>>();
  for (const { firmware, lookedAt, seen } of known) {
    const missing = [...sentBefore].filter(([metric]) => (seen.get(metric) ?? 0) === 0);
    if (missing.length > 0)
      stopped.set(
        firmware,
        missing.map(([metric, last]) => ({ metric, ...last })),
      );
    for (const [metric, reports] of seen) {
      const share = reports / lookedAt;
      if (share >= SENT_SHARE) sentBefore.set(metric, { before: firmware, share });
    }
  }
  return stopped;
}
