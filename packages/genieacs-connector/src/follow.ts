import { PAGES_OF_A_TURN } from './limits.js';
import type { NbiDocument } from './nbi-client.js';
import type { ReadPage } from './page-reader.js';
import type { RecentlySent } from './recently-sent.js';

/** Something in GenieACS that grows by time. */
export interface Followed {
  collection: 'devices' | 'faults';
  /** The field that holds its time. */
  timeField: '_lastInform' | 'timestamp';
  projection: readonly string[];
  recent: RecentlySent;
  /** The latest time that was acknowledged, RFC 3339; null before the first. */
  until: () => string | null;
  /** Called once all documents up to that time are acknowledged. */
  reached: (time: string) => void;
  /** Hands documents on; resolves when CPEmon has answered for all of them. */
  send: (documents: NbiDocument[]) => Promise<void>;
}

/**
 * Reads what came since the last time, the oldest first, and sends it. It begins `overlapMs` before the last one ended.
 * @returns whether more is left: a turn is bounded, so that others get theirs
 */
export async function followOnce(
  { collection, timeField, projection, recent, until, reached, send }: Followed,
  readPage: ReadPage,
  overlapMs: number,
): Promise<boolean> {
  const before = until();
  let from = before === null ? null : new Date(Date.parse(before) - overlapMs).toISOString();
  let afterId: string | null = null;
  if (from !== null) recent.forgetBefore(from);

  for (let page = 0; page < PAGES_OF_A_TURN; page += 1) {
    const { documents, isLast } = await readPage({
      collection,
      query: since(timeField, from, afterId),
      sort: { [timeField]: 1, _id: 1 },
      projection,
    });
    const fresh = documents.filter((one) => !recent.has(one._id, timeOf(one, timeField)));
    await send(fresh);
    for (const one of fresh) recent.add(one._id, timeOf(one, timeField));
    const last = documents.at(-1);
    if (last !== undefined) {
      const time = timeOf(last, timeField);
      if (time > (until() ?? '')) reached(time);
      from = time;
      afterId = last._id;
    }
    if (isLast) return false;
  }
  return true;
}

/** After a document in the order of time and id; many may bear the same time. */
function since(timeField: string, from: string | null, afterId: string | null): object {
  if (from === null) return {};
  if (afterId === null) return { [timeField]: { $gte: from } };
  return { $or: [{ [timeField]: { $gt: from } }, { [timeField]: from, _id: { $gt: afterId } }] };
}

/** RFC 3339 in UTC with milliseconds, as GenieACS writes dates; '' for a document without. */
function timeOf(document: NbiDocument, timeField: string): string {
  const time = document[timeField];
  return typeof time === 'string' ? time : '';
}
