export const LONGEST_SERIAL_NUMBER = 64;

export type SerialNumber =
  { serialNumber: string; refused?: never } | { refused: 'missing_sn' | 'invalid_sn' };

const MISSING: SerialNumber = { refused: 'missing_sn' };
const INVALID: SerialNumber = { refused: 'invalid_sn' };

/**
 * A device's serial number as we keep it: trimmed, 1 to 64 printable ASCII characters. A whole number is taken as its
 * digits. Normalised once, at the border: the lane is chosen by it.
 */
export function readSerialNumber(value: unknown): SerialNumber {
  if (value === undefined || value === null) return MISSING;
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 ? { serialNumber: String(value) } : INVALID;
  }
  if (typeof value !== 'string') return INVALID;
  const text = trimSpaces(value);
  if (text === '') return MISSING;
  if (text.length > LONGEST_SERIAL_NUMBER) return INVALID;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e) return INVALID;
  }
  return { serialNumber: text };
}

/** Blanks and line ends around it are typing or templating; any other control character is not. */
function trimSpaces(text: string): string {
  if (text.charCodeAt(0) > 0x20 && text.charCodeAt(text.length - 1) > 0x20) return text;
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}
