/** What the operator wants of a box. A box that is in the inventory and was never heard is shown as `expected`. */
export const ADMIN_STATES = ['in_service', 'suspended', 'maintenance', 'retired'] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

/** What a box (the first two) or a line (the rest) is known by elsewhere. */
export const KEY_KINDS = ['pon_serial', 'mac', 'pppoe_user', 'subscriber', 'circuit'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

export const isBoxKey = (kind: KeyKind): boolean => kind === 'pon_serial' || kind === 'mac';

/** Labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** Labels that every device has without an inventory: what it says of itself, and what is wanted of it. */
export const OWN_LABELS = ['model', 'firmware', 'admin_state'] as const;

/** What the owner of a lane is told to put into force for a device: `data.command` of a command event. */
export interface InventoryCommand {
  name: 'inventory';
  /** Of two commands the one with the higher revision is in force, in whatever order they come. */
  revision: number;
  admin_state: AdminState;
  /** A row of label_sets; 0 for none. */
  label_set: number;
}

const LABEL_NAME = /^[a-z][a-z0-9_]{0,31}$/;

/** The name of a label as it is kept: lower case, words joined by "_"; null when it cannot be one. */
export function readLabelName(text: string): string | null {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s.-]+/g, '_');
  return LABEL_NAME.test(name) ? name : null;
}

const HEX_FORM = /^[0-9A-F]{16}$/;
const ASCII_FORM = /^[A-Z0-9]{4}[0-9A-F]{8}$/;
const VENDOR = /^[A-Z0-9]{4}$/;

/**
 * The two ways to write the serial number of a PON terminal (ITU-T G.984.3, 9.2.4.1: a vendor of four letters and four
 * bytes): `HWTCA94196A5` and `48575443A94196A5`. Null when the text is neither.
 */
export function ponSerialForms(text: string): { ascii: string; hex: string } | null {
  const upper = text.trim().toUpperCase();
  if (HEX_FORM.test(upper)) {
    const vendor = Buffer.from(upper.slice(0, 8), 'hex').toString('latin1');
    return VENDOR.test(vendor) ? { ascii: vendor + upper.slice(8), hex: upper } : null;
  }
  if (!ASCII_FORM.test(upper)) return null;
  const hex = Buffer.from(upper.slice(0, 4), 'latin1').toString('hex').toUpperCase();
  return { ascii: upper, hex: hex + upper.slice(4) };
}

/** A serial number and, where it is that of a PON terminal, its other form: devices report one or the other. */
export function serialNumberForms(serialNumber: string): string[] {
  const forms = ponSerialForms(serialNumber);
  return forms === null ? [serialNumber] : [...new Set([serialNumber, forms.hex, forms.ascii])];
}

const MAC = /^[0-9A-F]{12}$/;

/**
 * A key in the form in which it is compared: PON serial numbers in hex, MAC addresses as 12 hex digits, both in upper
 * case; a PPPoE user in lower case. Null when it cannot be one.
 */
export function normalKey(kind: KeyKind, text: string): string | null {
  const trimmed = text.trim();
  if (kind === 'pon_serial') return ponSerialForms(trimmed)?.hex ?? null;
  if (kind === 'mac') {
    const digits = trimmed.replace(/[:.\-\s]/g, '').toUpperCase();
    return MAC.test(digits) ? digits : null;
  }
  if (trimmed === '' || trimmed.length > LONGEST_KEY || /[\p{Cc}\p{Cs}]/u.test(trimmed)) return null;
  return kind === 'pppoe_user' ? trimmed.toLowerCase() : trimmed;
}

const LONGEST_KEY = 128;
