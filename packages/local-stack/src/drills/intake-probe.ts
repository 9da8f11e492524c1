import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillStack } from './drill-stack.js';

/** Sends a heartbeat again and again, whatever became of those before, and remembers when it was taken. */
export interface IntakeProbe {
  /** Whether one that was sent after `sinceMs` (performance.now) was taken. */
  takenSince(sinceMs: number): boolean;
  /** Whether one that was sent after `sinceMs` was refused or had no answer. */
  refusedSince(sinceMs: number): boolean;
  /** The longest time in which none was taken, seconds, of those that end after `sinceMs`. */
  longestGapSeconds(sinceMs: number): number;
  stop(): Promise<void>;
}

const EVERY_MS = 50;
const SERIAL_NUMBER = 'DRILL-PROBE';

interface Answer {
  sentMs: number;
  answeredMs: number;
  taken: boolean;
}

export function startIntakeProbe(send: Pick<DrillStack, 'heartbeat'>): IntakeProbe {
  const answers: Answer[] = [];
  const open = new Set<Promise<void>>();
  let stopped = false;
  const sendOne = async (): Promise<void> => {
    const sentMs = performance.now();
    const status = await send.heartbeat(SERIAL_NUMBER);
    answers.push({ sentMs, answeredMs: performance.now(), taken: status >= 200 && status < 300 });
  };
  const running = (async () => {
    while (!stopped) {
      const sending = sendOne().finally(() => open.delete(sending));
      open.add(sending);
      await sleep(EVERY_MS);
    }
  })();
  return {
    takenSince: (sinceMs) => answers.some(({ sentMs, taken }) => taken && sentMs >= sinceMs),
    refusedSince: (sinceMs) => answers.some(({ sentMs, taken }) => !taken && sentMs >= sinceMs),
    longestGapSeconds: (sinceMs) => longestGapSeconds(answers, sinceMs),
    async stop() {
      stopped = true;
      await running;
      await Promise.all(open);
    },
  };
}

export function longestGapSeconds(answers: readonly Answer[], sinceMs: number): number {
  const times = answers
    .filter(({ taken }) => taken)
    .map(({ answeredMs }) => answeredMs)
    .sort((a, b) => a - b);
  const gaps = times.map((at, index) => (at < sinceMs ? 0 : at - (times[index - 1] ?? at)));
  return Math.max(0, ...gaps) / 1000;
}
