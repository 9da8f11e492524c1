/** A device by the names of the webhook. */
export interface DeviceName {
  sn: string;
  oui?: string;
  product_class?: string;
}

/**
 * Takes the id of a device in GenieACS apart: OUI, product class where there is one, and serial number, joined by "-",
 * each with everything but letters, digits and "_" percent-encoded.
 */
export function readDeviceId(id: string): DeviceName | undefined {
  const parts = id.split('-').map(decode);
  if (parts.some((part) => part === undefined)) return undefined;
  const [oui, second, third] = parts as string[];
  if (parts.length === 2) return { sn: second!, oui: oui! };
  return parts.length === 3 ? { sn: third!, oui: oui!, product_class: second! } : undefined;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
