import { findAccessToken, type AccessGrant } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';

/** Looks up a token by its digest in the database: what it grants, or null. */
export type FindKeptToken = (digest: Buffer) => Promise<AccessGrant | null>;

/** How long an answer is believed: a token that is revoked works so long at most. */
const KEPT_MS = 5000;
const MOST_KEPT = 10_000;

/** Asks the database once in a while, however often a token is used. @param clock monotonic ms */
export function createKeptTokens(
  read: DatabaseReader,
  clock: () => number = () => performance.now(),
): FindKeptToken {
  const answers = new Map<string, { answer: Promise<AccessGrant | null>; until: number }>();
  return (digest) => {
    const key = digest.toString('latin1');
    const known = answers.get(key);
    if (known !== undefined && known.until > clock()) return known.answer;
    // Somebody tries tokens: what is forgotten is asked for again.
    if (answers.size >= MOST_KEPT) answers.clear();
    const answer = read((connection) => findAccessToken(connection, digest));
    answers.set(key, { answer, until: clock() + KEPT_MS });
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
