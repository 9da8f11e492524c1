/** By what a fleet that is too large for a square a device is divided, the first that it has. */
const PREFERRED = ['olt', 'site', 'region', 'pon', 'model'];

/** What a square is when nothing was chosen; null until it is known how many devices there are. */
export function defaultGrid(
  devices: number | undefined,
  labelNames: readonly string[],
  mostCells: number,
): string | null {
  if (devices === undefined) return null;
  if (devices <= mostCells) return 'devices';
  return PREFERRED.find((name) => labelNames.includes(name)) ?? 'devices';
}

/** A value of a label in the address: `region:north`. */
export const writeWithin = ({ label, value }: { label: string; value: string }): string =>
  `${label}:${value}`;

/** Null when it is none. */
export function readWithin(text: string | null): { label: string; value: string } | null {
  const colon = text?.indexOf(':') ?? -1;
  if (text === null || colon <= 0 || colon === text.length - 1) return null;
  const label = text.slice(0, colon);
  return /^[a-z][a-z0-9_]{0,31}$/.test(label) ? { label, value: text.slice(colon + 1) } : null;
}
