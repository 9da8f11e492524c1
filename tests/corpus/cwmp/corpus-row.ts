import type { RefusalCode } from '@cpemon/contracts';
import type { CwmpMessage } from '@cpemon/cwmp';

/** A body as a CPE, or somebody worse, would send it, and what must be made of it. */
export interface CorpusRow {
  name: string;
  body: Buffer;
  /** The header as sent; absent for `text/xml`. */
  contentType?: string;
  expected: CwmpMessage | { refused: RefusalCode };
  /** Not XML by the letter: another parser may see it differently. */
  malformed?: true;
}

/** @throws Error when the text has no such part: then the row would not show what it says */
export function edited(
  text: string,
  ...edits: readonly (readonly [part: string | RegExp, by: string])[]
): string {
  return edits.reduce((before, [part, by]) => {
    const after = before.replace(part, () => by);
    if (after === before) throw new Error(`no ${String(part)} in ${before}`);
    return after;
  }, text);
}

export const refused = (code: RefusalCode): { refused: RefusalCode } => ({ refused: code });
