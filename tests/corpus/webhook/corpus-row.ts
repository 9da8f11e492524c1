import type { CpeEvent } from '@cpemon/domain';

/** A body that an ACS or another system posts to the webhook, and what must become of it. */
export interface WebhookRow {
  /** A sentence: what is special about it. */
  name: string;
  body: string | Buffer;
  /** `application/json` when left out. */
  contentType?: string;
  headers?: Record<string, string>;
  expected:
    | {
        /** What each event must have at least; what is undefined must be absent. */
        events: (Partial<Omit<CpeEvent, 'data'>> & { data?: unknown })[];
        /** Values that were left out, by reason; none when left out. */
        drops?: Record<string, number>;
        /** Elements that were refused, by reason. */
        rejected?: string[];
      }
    | { status: 400 | 413 | 415; code: string };
}

/** All times of the corpus are around this one. */
export const AT = '2026-03-01T10:00:00.000Z';
export const AT_SECONDS = Date.parse(AT) / 1000;

export const row = (
  name: string,
  body: unknown,
  event: object,
  drops?: Record<string, number>,
): WebhookRow => ({
  name,
  body: JSON.stringify(body),
  expected: { events: [event], ...(drops === undefined ? {} : { drops }) },
});
