/** Epoch ms as RFC 3339 in UTC with milliseconds. */
export function rfc3339(epochMs: number): string;
export function rfc3339(epochMs: number | null): string | null;
export function rfc3339(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
