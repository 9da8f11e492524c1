/** The machine's monotonic clock in milliseconds, the same in every process. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Waits until that clock shows `atMs`. */
export async function untilMs(atMs: number): Promise<void> {
  const waitMs = atMs - monotonicMs();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}
