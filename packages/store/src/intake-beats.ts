import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { BEAT_TOLERANCE_MS, type IntakePath } from '@cpemon/domain';

export interface IntakeBeatOptions {
  pool: Pick<Connection, 'query'>;
  /** Unique name of this process, printable ASCII, at most 64 characters. */
  process: string;
  service: string;
  paths: readonly IntakePath[];
  /** Whether this process takes events on a path now. */
  accepting: (path: IntakePath) => boolean;
  logger: { warn(facts: object, sentence: string): void; info(facts: object, sentence: string): void };
  everyMs?: number;
}

export interface IntakeBeats {
  /** Says that this process accepts no more. */
  stop(): Promise<void>;
}

/**
 * Writes once a second, by the database's clock, whether this process accepts events, per path. Resolves after the
 * first beat, so that a service that listens afterwards has accepted nothing before it. A beat waits for the one
 * before it; one that fails is logged once and made up for by the next.
 */
export async function startIntakeBeats(options: IntakeBeatOptions): Promise<IntakeBeats> {
  const { pool, process, service, paths, logger, everyMs = 1000 } = options;
  let failing = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay: Promise<void> = Promise.resolve();

  const beat = async (): Promise<void> => {
    try {
      const accepting = stopped ? [] : paths.filter((path) => options.accepting(path));
      await writeBeat(pool, { process, service, paths, accepting });
      if (failing) logger.info({ process }, 'The database has the beats of this process again');
      failing = false;
    } catch (error) {
      if (!failing) logger.warn({ err: error }, 'The database does not take the beats of this process');
      failing = true;
    }
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      underWay = beat().then(next);
    }, everyMs);
  };

  await beat();
  next();
  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      await underWay;
      await beat();
    },
  };
}

export interface Beat {
  process: string;
  service: string;
  paths: readonly IntakePath[];
  /** Those of `paths` on which the process accepts. */
  accepting: readonly IntakePath[];
}

/**
 * One beat. Each statement stands by itself, so that a process stopped between two holds no lock; the gap is written
 * before the moment that ends it, so that whoever sees that moment sees the gap.
 */
export async function writeBeat(
  pool: Pick<Connection, 'query'>,
  { process, service, paths, accepting }: Beat,
): Promise<void> {
  if (accepting.length > 0) {
    // One moment for both statements: one that a stopped process sends late must not say that it accepted meanwhile.
    const [[clock]] = await pool.query<RowDataPacket[]>('SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS now');
    const now = clock?.['now'] as string;
    // Before its first beat nobody listened on a path: that is a gap like any other, but without a beginning.
    await pool.query(
      `
INSERT INTO intake_gaps (path, started_at, ended_at)
SELECT served.path, COALESCE(known.accepted_at, CAST('1970-01-01' AS DATETIME(3))), CAST(? AS DATETIME(3))
  FROM (${accepting.map((_, index) => (index === 0 ? 'SELECT ? AS path' : 'SELECT ?')).join(' UNION ALL ')}) AS served
  LEFT JOIN intake_paths AS known ON known.path = served.path
 WHERE known.path IS NULL OR known.accepted_at < CAST(? AS DATETIME(3)) - INTERVAL ? MICROSECOND
ON DUPLICATE KEY UPDATE ended_at = GREATEST(intake_gaps.ended_at, VALUES(ended_at))`,
      [now, ...accepting, now, BEAT_TOLERANCE_MS * 1000],
    );
    await pool.query(
      `
INSERT INTO intake_paths (path, accepted_at) VALUES ${accepting.map(() => '(?, ?)').join(', ')}
ON DUPLICATE KEY UPDATE accepted_at = GREATEST(accepted_at, VALUES(accepted_at))`,
      accepting.flatMap((path) => [path, now]),
    );
  }
  await pool.query(
    `
INSERT INTO intake_processes (process, path, service, accepting, beat_at)
VALUES ${paths.map(() => '(?, ?, ?, ?, UTC_TIMESTAMP(3))').join(', ')}
ON DUPLICATE KEY UPDATE service = VALUES(service), accepting = VALUES(accepting), beat_at = VALUES(beat_at)`,
    paths.flatMap((path) => [process, path, service, accepting.includes(path)]),
  );
}
