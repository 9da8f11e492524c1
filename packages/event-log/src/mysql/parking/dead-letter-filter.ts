import type { RefusalReason } from '../../event-log.js';

export const DEAD_LETTER_STATES = ['dead', 'requeue', 'discard', 'applied', 'discarded'] as const;
/** dead: waits for an operator. requeue, discard: asked for. applied, discarded: done. */
export type DeadLetterState = (typeof DEAD_LETTER_STATES)[number];

/** Which dead letters are meant; what is left out does not matter. */
export interface DeadLetterFilter {
  state?: DeadLetterState;
  /** Serial number. */
  device?: string;
  reason?: RefusalReason;
  /** Of the event. */
  type?: string;
  /** Part of the cause, in upper or lower case. */
  cause?: string;
  /** When they died, epoch ms: from, and before. */
  from?: number;
  until?: number;
}

/** A condition on log_dead_letters with its values. */
export function conditionOf(
  group: string,
  { state, device, reason, type, cause, from, until }: DeadLetterFilter,
): { sql: string; values: (string | number)[] } {
  const conditions: [string, string | number][] = [['grp = ?', group]];
  if (state !== undefined) conditions.push(['state = ?', state]);
  if (device !== undefined) conditions.push(['subject = ?', device]);
  if (reason !== undefined) conditions.push(['reason = ?', reason]);
  if (type !== undefined) conditions.push(['type = ?', type]);
  if (cause !== undefined) conditions.push(['LOCATE(LOWER(?), LOWER(cause)) > 0', cause]);
  if (from !== undefined) conditions.push(['dead_at >= FROM_UNIXTIME(?)', from / 1000]);
  if (until !== undefined) conditions.push(['dead_at < FROM_UNIXTIME(?)', until / 1000]);
  return {
    sql: conditions.map(([sql]) => sql).join(' AND '),
    values: conditions.map(([, value]) => value),
  };
}
