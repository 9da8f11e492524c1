import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { ParkedEvent, PreparedApply } from '../../event-log.js';
import { ParkingFullError } from '../consume/lane-trouble.js';
import type { Membership } from '../membership/membership.js';
import type { OwnedLane } from '../consume/owned-lane.js';
import { insertParked } from './parked-rows.js';

/** Events that a group may have parked, all lanes together; beyond it the lanes that would park more wait. */
export const MOST_PARKED_EVENTS = 1_000_000;

/** What a batch parks in one lane. */
export interface LaneParking {
  lane: OwnedLane;
  parked: ParkedEvent[];
  /** Devices that were not parked before. */
  newDevices: number;
}

/** What a prepared effect parks, by lane; lanes that park nothing are left out. */
export function parkingOf(lanes: readonly OwnedLane[], { parked }: PreparedApply): LaneParking[] {
  if (parked.length === 0) return [];
  return lanes.flatMap((lane): LaneParking[] => {
    const ofLane = parked.filter((event) => event.lane === lane.lane);
    if (ofLane.length === 0) return [];
    const subjects = new Set(ofLane.map(({ logged }) => logged.event.subject));
    const newDevices = [...subjects].filter((subject) => !lane.parked.has(subject)).length;
    return [{ lane, parked: ofLane, newDevices }];
  });
}

/**
 * Parks events, in the transaction that moves the offset past them.
 * @throws ParkingFullError when the group has parked too much already
 */
export async function admitParked(
  transaction: SingleConnection,
  membership: Membership,
  parking: readonly LaneParking[],
  retryAfterMs: number,
): Promise<void> {
  const events = parking.flatMap(({ parked }) => parked);
  if (events.length === 0) return;
  const [rows] = await transaction.query<RowDataPacket[]>(
    'SELECT SUM(parked_events) AS parked FROM log_offsets WHERE grp = ? AND generation = ?',
    [membership.group, membership.generation],
  );
  const parked = Number(rows[0]?.['parked'] ?? 0);
  if (parked > MOST_PARKED_EVENTS) throw new ParkingFullError(`${parked} events are parked`);
  await insertParked(transaction, membership, events, retryAfterMs);
}
