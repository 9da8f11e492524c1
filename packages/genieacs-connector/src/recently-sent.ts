import { REMEMBERED } from './limits.js';

/** What was sent of late, so that the overlap of two rounds is not sent twice. */
export interface RecentlySent {
  has(id: string, time: string): boolean;
  add(id: string, time: string): void;
  /** Forgets what is older: no round reaches back to it. @param time RFC 3339 in UTC */
  forgetBefore(time: string): void;
}

/** @param most beyond it the oldest are forgotten, and sent again if asked for again */
export function createRecentlySent(most = REMEMBERED): RecentlySent {
  const timeById = new Map<string, string>();
  return {
    has: (id, time) => timeById.get(id) === time,
    add(id, time) {
      // Set anew at the end: the map is in the order of sending.
      timeById.delete(id);
      timeById.set(id, time);
      if (timeById.size <= most) return;
      const [oldest] = timeById.keys();
      if (oldest !== undefined) timeById.delete(oldest);
    },
    forgetBefore(time) {
      for (const [id, at] of timeById) if (at < time) timeById.delete(id);
    },
  };
}
