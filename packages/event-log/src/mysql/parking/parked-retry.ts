import type { SingleConnection } from '@cpemon/database';
import type { Refusal } from '../../event-log.js';
import type { Membership } from '../membership/membership.js';
import type { ParkedHead, ParkedRow } from './parked-rows.js';
import { waitAfterAttempt, type RetrySchedule } from './retry-schedule.js';

/** What becomes of an event that was refused again. */
export interface Verdict {
  dead: boolean;
  attempts: number;
  /** Until the next attempt. */
  waitMs: number;
}

/**
 * @param again whether it is the one that was refused before, and not one behind it whose turn has just come
 * @param tooMany whether so many events wait behind it that it is given up at once
 */
export function lastAttempt(
  head: ParkedHead,
  again: boolean,
  refusal: Refusal,
  schedule: RetrySchedule,
  tooMany: boolean,
): Verdict {
  const before = again ? head.attempts : 0;
  if (refusal.reason === 'unknown_type') {
    const dead = tooMany || (again && head.failingForMs >= schedule.unknownTypeForMs);
    return { dead, attempts: before, waitMs: schedule.unknownTypeEveryMs };
  }
  const attempts = before + 1;
  const dead = tooMany || attempts >= schedule.attempts;
  return { dead, attempts, waitMs: waitAfterAttempt(attempts, schedule) };
}

/** Writes down how the attempt went. */
export async function refuseAgain(
  transaction: SingleConnection,
  { group }: Membership,
  { generation, lane, sequence }: ParkedRow,
  { reason, cause }: Refusal,
  { attempts, waitMs }: Verdict,
): Promise<void> {
  await transaction.query(
    `UPDATE log_parked
     SET reason = ?, cause = ?, attempts = ?, first_failed_at = COALESCE(first_failed_at, SYSDATE(3)),
       next_attempt_at = SYSDATE(3) + INTERVAL ? MICROSECOND
     WHERE grp = ? AND generation = ? AND lane = ? AND seq = ?`,
    [reason, cause.slice(0, 1000), attempts, Math.round(waitMs * 1000), group, generation, lane, sequence],
  );
}

/** The first event left of a device is tried at once. */
export async function tryNext(
  transaction: SingleConnection,
  { group, generation }: Membership,
  homeLane: number,
  subject: string,
): Promise<void> {
  await transaction.query(
    `UPDATE log_parked SET next_attempt_at = SYSDATE(3)
     WHERE grp = ? AND home_generation = ? AND home_lane = ? AND subject = ?
     ORDER BY generation, seq LIMIT 1`,
    [group, generation, homeLane, subject],
  );
}
