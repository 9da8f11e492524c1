import type { RowDataPacket } from 'mysql2/promise';
import type { SingleConnection } from '@cpemon/database';

/** How far a consumer group is in a lane. */
export interface GroupPosition {
  group: string;
  mandatory: boolean;
  generation: number;
  lane: number;
  /** The last sequence applied, not below where the lane begins. */
  appliedSequence: number;
  /** Hour of the record that holds it; no later record of the lane lies in an earlier hour. */
  appliedHour: number;
  headSequence: number;
}

/** What keeps the low-water mark from passing an hour. */
export interface RetentionHold {
  hour: number;
  /** Who needs what lies there, in words. */
  why: string;
}

/**
 * Where every group is in every lane of every generation, with the rows of the groups locked: no offset moves until
 * the transaction ends. A group without a row in a lane has applied nothing of it.
 */
export async function lockGroupPositions(transaction: SingleConnection): Promise<GroupPosition[]> {
  const [offsets] = await transaction.query<RowDataPacket[]>(
    'SELECT grp, generation, lane, applied_seq, applied_hour FROM log_offsets ORDER BY grp, generation, lane FOR UPDATE',
  );
  const [groups] = await transaction.query<RowDataPacket[]>(
    'SELECT grp, mandatory FROM log_groups ORDER BY grp',
  );
  const [lanes] = await transaction.query<RowDataPacket[]>(
    'SELECT generation, lane, head_seq, base_seq FROM log_lanes ORDER BY generation, lane',
  );
  const mandatory = new Map(groups.map((row) => [row['grp'] as string, Number(row['mandatory']) === 1]));
  for (const { grp } of offsets) if (!mandatory.has(grp as string)) mandatory.set(grp as string, false);
  const keyOf = (...parts: unknown[]): string => parts.join('/');
  const rows = new Map(offsets.map((row) => [keyOf(row['grp'], row['generation'], row['lane']), row]));
  return [...mandatory].flatMap(([group, isMandatory]) =>
    lanes.map((lane): GroupPosition => {
      const row = rows.get(keyOf(group, lane['generation'], lane['lane']));
      return {
        ...{ group, mandatory: isMandatory },
        generation: lane['generation'] as number,
        lane: lane['lane'] as number,
        appliedSequence: Math.max(Number(row?.['applied_seq'] ?? 0), Number(lane['base_seq'])),
        appliedHour: Number(row?.['applied_hour'] ?? 0),
        headSequence: Number(lane['head_seq']),
      };
    }),
  );
}

/** The hour of the first record before `wantedHour` that a group has not applied; undefined when there is none. */
async function oldestUnapplied(
  transaction: SingleConnection,
  position: GroupPosition,
  wantedHour: number,
): Promise<number | undefined> {
  if (position.appliedSequence >= position.headSequence) return undefined;
  const [[row]] = await transaction.query<RowDataPacket[]>(
    `
SELECT received_hour FROM log_records FORCE INDEX (PRIMARY)
 WHERE generation = ? AND lane = ? AND last_seq > ? AND received_hour >= ? AND received_hour < ?
 ORDER BY last_seq
 LIMIT 1`,
    [position.generation, position.lane, position.appliedSequence, position.appliedHour, wantedHour],
  );
  return row === undefined ? undefined : Number(row['received_hour']);
}

/**
 * Everything that needs records of hours before `wantedHour`: what a mandatory group has not applied, a replay that is
 * under way, a rebuild that is asked for or under way.
 * @param lowWaterHour the mark as it is now, which a rebuild keeps in place
 */
export async function findRetentionHolds(
  transaction: SingleConnection,
  positions: readonly GroupPosition[],
  lowWaterHour: number,
  wantedHour: number,
): Promise<RetentionHold[]> {
  const holds: RetentionHold[] = [];
  for (const position of positions) {
    if (!position.mandatory) continue;
    const hour = await oldestUnapplied(transaction, position, wantedHour);
    const { group, generation, lane } = position;
    if (hour !== undefined)
      holds.push({ hour, why: `group ${group} has not applied lane ${lane} of generation ${generation}` });
  }
  const [replays] = await transaction.query<RowDataPacket[]>(
    `
SELECT replay_id, MIN(done_hour) AS hour FROM log_replay_lanes
 WHERE state = 'running' AND done_seq < end_seq
 GROUP BY replay_id`,
  );
  for (const row of replays)
    holds.push({ hour: Number(row['hour']), why: `replay ${row['replay_id']} is running` });
  const [rebuilds] = await transaction.query<RowDataPacket[]>(
    "SELECT rebuild_id, lane FROM log_rebuilds WHERE state IN ('asked', 'clearing', 'applying')",
  );
  for (const row of rebuilds)
    holds.push({
      hour: lowWaterHour,
      why: `rebuild ${row['rebuild_id']} of lane ${row['lane']} is not done`,
    });
  return holds.filter(({ hour }) => hour < wantedHour);
}
