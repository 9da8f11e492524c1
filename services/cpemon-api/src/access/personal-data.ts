import type { Principal } from './principal.js';

/** Who sees addresses, MAC addresses and PPPoE users only in part. */
export type MaskFor = 'nobody' | 'viewers';

export const isMasked = (maskFor: MaskFor, { role }: Principal): boolean =>
  maskFor === 'viewers' && role === 'viewer';

/** An address with the half that names a customer left out: `203.0.*.*`, `2001:db8:*`. */
export function maskAddress(address: string): string {
  if (address.includes(':')) return `${address.split(':').slice(0, 2).join(':')}:*`;
  const [first = '', second = ''] = address.split('.');
  return `${first}.${second}.*.*`;
}

/** A key with no more left than tells two apart on a page: of a MAC address the maker. */
export const maskKey = (kind: string, value: string): string =>
  kind === 'mac' ? `${value.slice(0, 6)}******` : kind === 'pppoe_user' ? `${value.slice(0, 1)}***` : value;

/** An event of a timeline without the addresses in it. */
export function maskData(data: unknown): unknown {
  if (typeof data === 'string') return isAddress(data) ? maskAddress(data) : data;
  if (Array.isArray(data)) return data.map(maskData);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, maskData(value)]));
}

const isAddress = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ||
  (/^[0-9a-f:.]{3,45}$/i.test(text) && text.split(':').length > 2) ||
  /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text);
