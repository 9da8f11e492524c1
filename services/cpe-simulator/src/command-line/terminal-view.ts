import type { TruthReport } from '../truth-report.js';

/** Rewrites a few lines of a terminal; prints a line now and then where there is none. */
export interface TerminalView {
  show(report: TruthReport, retriesPerSecond?: number): void;
  /** Leaves what is shown. */
  end(): void;
}

const PLAIN_EVERY_MS = 5000;

export function createTerminalView(
  out: { isTTY?: boolean; columns?: number; write(text: string): unknown },
  { durationSeconds, scenarios }: { durationSeconds: number; scenarios: readonly string[] },
): TerminalView {
  let before: { report: TruthReport; atMs: number } | undefined;
  let shownLines = 0;
  let plainAtMs = -Infinity;

  return {
    show(report) {
      const atMs = Date.parse(report.as_of);
      const lines = viewLines(report, before, { durationSeconds, scenarios, width: out.columns ?? 80 });
      if (out.isTTY === true) {
        out.write(
          `${shownLines > 0 ? `\u001b[${shownLines}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
        );
        shownLines = lines.length;
      } else if (atMs - plainAtMs >= PLAIN_EVERY_MS) {
        plainAtMs = atMs;
        out.write(`${lines.slice(1).join('; ')}\n`);
      } else return;
      before = { report, atMs };
    },
    end: () => void (shownLines = 0),
  };
}

/** The lines of the view: progress, rates, what is under way, what went wrong. */
export function viewLines(
  report: TruthReport,
  before: { report: TruthReport; atMs: number } | undefined,
  {
    durationSeconds,
    scenarios,
    width,
  }: { durationSeconds: number; scenarios: readonly string[]; width: number },
): string[] {
  const { totals } = report;
  const elapsed = (Date.parse(report.as_of) - Date.parse(report.started_at)) / 1000;
  const seconds =
    before === undefined ? Math.max(elapsed, 0.001) : (Date.parse(report.as_of) - before.atMs) / 1000;
  const rate = (name: 'sent' | 'acknowledged' | 'retries'): string =>
    ((totals[name] - (before?.report.totals[name] ?? 0)) / Math.max(seconds, 0.001)).toFixed(1);
  const failures = Object.entries({ ...totals.refused_by_status, ...totals.unanswered_by_reason })
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([reason, count]) => `${reason} ${count}`);
  return [
    bar(elapsed / durationSeconds, Math.min(40, width - 30)) +
      ` ${Math.round(elapsed)} of ${durationSeconds} s${scenarios.length === 0 ? '' : `  ${scenarios.join(', ')}`}`,
    `${report.devices} devices, ${report.devices_cut} silent${report.paused ? ', paused' : ''}`,
    `${rate('sent')} sent/s, ${rate('acknowledged')} acknowledged/s, ${rate('retries')} retries/s`,
    `${totals.sent} sent, ${totals.acknowledged} acknowledged, ${totals.in_doubt} in doubt, ${totals.rejected} rejected, ${totals.skipped} skipped`,
    `${totals.in_flight} in flight, ${totals.queued} queued, ${totals.waiting} wait for a retry`,
    failures.length === 0 ? 'no failures' : `failures: ${failures.join(', ')}`,
  ];
}

function bar(part: number, width: number): string {
  const full = Math.max(0, Math.min(width, Math.round(part * width)));
  return `[${'#'.repeat(full)}${'.'.repeat(Math.max(0, width - full))}]`;
}
