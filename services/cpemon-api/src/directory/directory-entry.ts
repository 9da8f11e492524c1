import type { DirectoryRow, ExternalNames } from '@cpemon/store';
import { NAME_END, PERSONAL_MARK } from './text-blocks.js';

/** A device with what it is known by elsewhere. */
export interface DirectoryEntry {
  row: DirectoryRow;
  names: ExternalNames | undefined;
}

/** What is searched: all names in lower case, those that are data of persons last. */
export function textOfEntry({ row, names }: DirectoryEntry): string {
  const open = [row.serialNumber, ...(names?.open ?? [])];
  const personal = [...(row.wanIp === null ? [] : [row.wanIp]), ...(names?.personal ?? [])];
  const text =
    personal.length === 0
      ? open.join(NAME_END)
      : `${open.join(NAME_END)}${PERSONAL_MARK}${personal.join(NAME_END)}`;
  // A line of its own, whatever a device calls itself.
  return text.toLowerCase().replaceAll('\n', ' ');
}

const SEPARATED_HEX = /^[0-9a-f]{1,4}([:.-][0-9a-f]{1,4})+[:.-]?$/;

/** The forms in which a piece of text may stand: as it was typed, and without what separates the digits of a MAC address. */
export function piecesOf(typed: string): string[] {
  const text = typed.trim().toLowerCase();
  const bare = SEPARATED_HEX.test(text) ? text.replace(/[:.-]/g, '') : text;
  return bare === text || bare.length < 4 ? [text] : [text, bare];
}
