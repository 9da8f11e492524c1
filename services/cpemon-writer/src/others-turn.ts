/** Lets answers that have arrived be handled before a long computation goes on. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
