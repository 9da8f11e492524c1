import type { Connection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import type { LaneStats, LogStats, MemberStats } from '../event-log.js';

/** Reads the counters of every lane for one group: a few rows by primary key, however long the log is. */
export async function readLogStats(connection: Connection, group: string): Promise<LogStats> {
  const [lanes] = await connection.query<RowDataPacket[]>(
    `SELECT
       l.generation, l.lane, l.head_seq, l.base_seq, COALESCE(o.applied_seq, l.base_seq) AS applied_seq,
       COALESCE(o.duplicates, 0) AS duplicates, COALESCE(o.late, 0) AS late,
       COALESCE(o.quarantined, 0) AS quarantined, COALESCE(o.erased, 0) AS erased,
       COALESCE(o.parked_events, 0) AS parked_events, COALESCE(o.parked_devices, 0) AS parked_devices,
       COALESCE(o.dead_letters, 0) AS dead_letters, COALESCE(o.discarded, 0) AS discarded,
       COALESCE(o.skipped, 0) AS skipped, l.head_bytes, COALESCE(o.applied_bytes, 0) AS applied_bytes, o.owner, COALESCE(o.epoch, 0) AS epoch,
       CAST(UNIX_TIMESTAMP(o.watermark) * 1000 AS UNSIGNED) AS watermark_ms,
       IF(l.head_seq > COALESCE(o.applied_seq, l.base_seq), (
         SELECT CAST(UNIX_TIMESTAMP(r.received_at) * 1000 AS UNSIGNED)
         FROM log_records AS r FORCE INDEX (PRIMARY)
         WHERE r.generation = l.generation AND r.lane = l.lane AND r.last_seq > COALESCE(o.applied_seq, l.base_seq)
         ORDER BY r.last_seq
         LIMIT 1
       ), NULL) AS oldest_unapplied_ms,
       CAST(UNIX_TIMESTAMP(SYSDATE(3)) * 1000 AS UNSIGNED) AS at_ms
     FROM log_lanes AS l
     LEFT JOIN log_offsets AS o ON o.grp = ? AND o.generation = l.generation AND o.lane = l.lane
     ORDER BY l.generation, l.lane`,
    [group],
  );
  const [members] = await connection.query<RowDataPacket[]>(
    `SELECT m.member, m.host, m.version,
       CAST(UNIX_TIMESTAMP(m.started_at) * 1000 AS UNSIGNED) AS started_ms,
       CAST(UNIX_TIMESTAMP(m.lease_until) * 1000 AS UNSIGNED) AS lease_until_ms
     FROM log_members AS m
     WHERE m.grp = ? AND m.lease_until > SYSDATE(3)
     ORDER BY m.member`,
    [group],
  );
  const laneStats = lanes.map(toLaneStats);
  return {
    at: Number(lanes[0]?.['at_ms'] ?? 0),
    lanes: laneStats,
    members: members.map((row): MemberStats => ({
      member: row['member'] as string,
      host: row['host'] as string,
      version: row['version'] as string,
      startedAt: Number(row['started_ms']),
      leaseUntil: Number(row['lease_until_ms']),
      lanes: laneStats.filter(({ owner }) => owner === row['member']).length,
    })),
  };
}

function toLaneStats(row: RowDataPacket): LaneStats {
  const head = Number(row['head_seq']);
  const offset = Number(row['applied_seq']);
  return {
    generation: row['generation'] as number,
    lane: row['lane'] as number,
    head,
    base: Number(row['base_seq']),
    offset,
    lagEvents: Math.max(0, head - offset),
    oldestUnappliedAt: numberOrNull(row['oldest_unapplied_ms']),
    duplicates: Number(row['duplicates']),
    late: Number(row['late']),
    quarantined: Number(row['quarantined']),
    erased: Number(row['erased']),
    parkedEvents: Number(row['parked_events']),
    parkedDevices: Number(row['parked_devices']),
    deadLetters: Number(row['dead_letters']),
    discarded: Number(row['discarded']),
    skipped: Number(row['skipped']),
    lagBytes: Math.max(0, Number(row['head_bytes']) - Number(row['applied_bytes'])),
    owner: row['owner'] as string | null,
    epoch: Number(row['epoch']),
    watermark: numberOrNull(row['watermark_ms']),
  };
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));
