/** Ends waiting at once: what is waited for can no longer come. */
export class HopelessError extends Error {
  override readonly name = 'HopelessError';
}

/** Conditions that come true soon are asked often, the others less so. */
const SOON_MS = 1000;
const ASK_SOON_EVERY_MS = 20;
const ASK_LATER_EVERY_MS = 100;

/**
 * Waits until `condition` answers true; an error counts as "not yet".
 * @throws Error naming what was waited for, with the last error as its cause
 */
export async function eventually(
  what: string,
  condition: () => Promise<boolean> | boolean,
  withinMs = 10_000,
): Promise<void> {
  const began = performance.now();
  let last: unknown;
  for (;;) {
    const asked = performance.now() - began;
    try {
      if (await condition()) return;
      last = undefined;
    } catch (error) {
      if (error instanceof HopelessError) throw error;
      last = error;
    }
    if (asked > withinMs) throw new Error(`Not within ${withinMs} ms: ${what}`, { cause: last });
    await sleep(asked < SOON_MS ? ASK_SOON_EVERY_MS : ASK_LATER_EVERY_MS);
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
