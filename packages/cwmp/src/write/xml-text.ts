const SPECIAL = /[&<>"']/;
const EVERY_SPECIAL = /[&<>"']/g;
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** Not a character of XML 1.0, or half of one. */
// eslint-disable-next-line no-control-regex -- these are what it looks for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** Text for an element or an attribute; at most `mostCharacters`, and nothing that XML 1.0 cannot hold. */
export function xmlText(text: string, mostCharacters: number): string {
  const short = text.length > mostCharacters ? text.slice(0, mostCharacters) : text;
  const clean = short.replace(IMPOSSIBLE, '');
  return SPECIAL.test(clean) ? clean.replace(EVERY_SPECIAL, (character) => ENTITIES[character]!) : clean;
}
