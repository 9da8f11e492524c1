/** V8 copies what is cut out of a string up to this length; longer cuts point into the string they are of. */
const COPIED_ANYWAY = 12;

/**
 * The same text with memory of its own. A text that was cut out of a body keeps all of the body in memory for as long as
 * anybody remembers it: the manufacturer of a session, the path of a parameter.
 */
export function ownCopy(text: string): string {
  return text.length <= COPIED_ANYWAY ? text : ` ${text}`.slice(1);
}
