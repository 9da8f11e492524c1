/** Lets whatever else this process does have its turn: packing must not keep the live stream waiting. */
export const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
