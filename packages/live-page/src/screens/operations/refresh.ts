/** Lists change by what operators do elsewhere; nobody waits for them. */
export const LIST_REFRESH_MS = 15_000;
