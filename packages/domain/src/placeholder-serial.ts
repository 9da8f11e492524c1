/** Shorter ones are typed by hand in laboratories. */
const SHORTEST_PLACEHOLDER = 4;
const SHORTEST_SEQUENCE = 6;
/** What firmware ships with where production should have written a serial number. */
const DEFAULT_WORD =
  /^(?:default|dummy|empty|none|null|n\/a|not[ _-]?(?:set|available|specified)|serial[ _-]?(?:number|no)?|tbd|undefined|unknown|unspecified)$/i;

/**
 * Whether a serial number is one that boxes have by the hundred: all the same character (`99999999`, also with
 * separators as in `00:00:00:00:00:00`), digits that count up from 0 or 1 (`123456…`), a word for none. It tells no two
 * devices apart.
 */
export function isPlaceholderSerial(serialNumber: string): boolean {
  const { length } = serialNumber;
  if (length < SHORTEST_PLACEHOLDER) return false;
  const first = serialNumber.charCodeAt(0);
  const second = serialNumber.charCodeAt(1);
  if (second === first) return isOneCharacter(serialNumber, first);
  if (second === first + 1 && (first === 0x30 || first === 0x31)) return countsUp(serialNumber);
  // Serial numbers end in a digit, nearly all of them.
  return serialNumber.charCodeAt(length - 1) > 0x39 && DEFAULT_WORD.test(serialNumber);
}

function isOneCharacter(text: string, character: number): boolean {
  for (let at = 2; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // " ", "-", ".", ":", "_"
    const separates = unit === 0x20 || unit === 0x2d || unit === 0x2e || unit === 0x3a || unit === 0x5f;
    if (unit !== character && !separates) return false;
  }
  return true;
}

function countsUp(text: string): boolean {
  if (text.length < SHORTEST_SEQUENCE) return false;
  for (let at = 1; at < text.length; at += 1) {
    const next = text.charCodeAt(at - 1) === 0x39 ? 0x30 : text.charCodeAt(at - 1) + 1;
    if (text.charCodeAt(at) !== next) return false;
  }
  return true;
}
