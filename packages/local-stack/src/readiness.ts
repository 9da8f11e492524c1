/** What a replica's operations port says about it. */
export type Readiness = 'ready' | 'not ready' | 'silent';

export async function readReadiness(opsUrl: string): Promise<Readiness> {
  try {
    const answer = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok ? 'ready' : 'not ready';
  } catch {
    return 'silent';
  }
}

/** Waits until `wanted` replicas are there and all ready; false when that took longer than `timeoutMs` or `signal` was aborted. */
export async function untilReady(
  opsUrls: () => readonly string[],
  wanted: number,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const giveUpAt = performance.now() + timeoutMs;
  while (performance.now() < giveUpAt && !signal.aborted) {
    const readings = await Promise.all(opsUrls().map(readReadiness));
    if (readings.length >= wanted && readings.every((reading) => reading === 'ready')) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
