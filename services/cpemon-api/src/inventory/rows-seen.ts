import type { DeviceIdentity } from '@cpemon/domain';
import type { InventoryLine } from '@cpemon/store';
import type { RowsSeen } from './apply-row.js';

/**
 * Remembers which row of an import named which box or line first, by codes of 53 bits: of a million rows two meet by
 * chance once in ten thousand imports, and one of them is then refused as named twice.
 */
export function createRowsSeen(): RowsSeen {
  const boxes = new Map<number, number>();
  const lines = new Map<number, number>();
  const first = (seen: Map<number, number>, code: number, row: number): number | undefined => {
    const known = seen.get(code);
    if (known === undefined) seen.set(code, row);
    // The same row again: its batch is tried a second time.
    return known === row ? undefined : known;
  };
  return {
    box: ({ serialNumber, oui, productClass }: DeviceIdentity, row) =>
      first(boxes, codeOf(`${serialNumber}\n${oui}\n${productClass}`), row),
    line: ({ serviceId }: InventoryLine, row) => first(lines, codeOf(serviceId), row),
  };
}

/** Two halves of FNV-1a with different beginnings, 53 bits in all. */
function codeOf(text: string): number {
  let one = 0x811c9dc5;
  let other = 0x01000193;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b) ^ (other >>> 13);
  }
  return (one >>> 0) * 2 ** 21 + ((other >>> 0) & 0x1fffff);
}
