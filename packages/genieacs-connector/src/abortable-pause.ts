import { setTimeout as wait } from 'node:timers/promises';

/** Waits; ends at once, without an error, when `signal` says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await wait(ms, undefined, { signal }).catch(() => undefined);
}
