import { STANDARD_EVENT_CODES } from '@cpemon/domain';

const BY_UPPER_CASE: ReadonlyMap<string, string> = new Map(
  STANDARD_EVENT_CODES.flatMap((code) => [
    [code, code],
    [code.toUpperCase(), code],
  ]),
);

/** A code in the standard's writing where it differs from one of its codes in case and space only; else as sent, trimmed. */
export function standardEventCode(sent: string): string {
  const known = BY_UPPER_CASE.get(sent);
  if (known !== undefined) return known;
  const trimmed = sent.trim();
  return BY_UPPER_CASE.get(trimmed.replace(/\s+/g, ' ').toUpperCase()) ?? trimmed;
}
