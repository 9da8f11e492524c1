import { CORE_SCHEMA, YAMLException, load } from 'js-yaml';
import type { LineOf } from '@cpemon/device-models';

/** A file of mappings as it was read, and where in it things stand. */
export interface ModelText {
  value: unknown;
  lineOf: LineOf;
}

/**
 * Reads YAML or JSON, which is YAML as well: one reader, so that a mistake in either has its line.
 * @throws Error "line 7: …" when the text is neither
 */
export function readModelText(text: string): ModelText {
  const lines = new WeakMap<object, number>();
  const begun: number[] = [];
  try {
    const value = load(text, {
      schema: CORE_SCHEMA,
      listener(event, { line, result }) {
        if (event === 'open') return void begun.push(line + 1);
        const at = begun.pop();
        if (at === undefined || typeof result !== 'object' || result === null) return;
        // The end of what is inside is told before the end of what is around it.
        if (!lines.has(result)) lines.set(result, at);
      },
    });
    return { value, lineOf: (node) => lines.get(node) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error;
    if (mark === undefined) throw new Error(reason, { cause: error });
    // What is missing at the end is missing on the last line.
    const line = Math.min(mark.line + 1, text.trimEnd().split('\n').length);
    throw new Error(`line ${line}: ${reason}`, { cause: error });
  }
}
