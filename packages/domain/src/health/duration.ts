const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d{1,9})\s?([smhd])$/;

/** Milliseconds of "30s", "10m", "1h" or "7d"; undefined for anything else. */
export function readDurationMs(text: unknown): number | undefined {
  const match = typeof text === 'string' ? DURATION.exec(text) : null;
  return match === null ? undefined : Number(match[1]) * UNITS_MS[match[2]!]!;
}
