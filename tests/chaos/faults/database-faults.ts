import type { RowDataPacket } from 'mysql2';
import { pause } from '../pause.js';
import { holding, type FaultKind } from './fault.js';

const killDatabase: FaultKind = {
  name: 'kill-database',
  holdMs: [0, 0],
  async inject({ stack }) {
    await stack.database.killAndRestart();
    return 'database';
  },
};

const stopDatabase: FaultKind = {
  name: 'stop-database',
  holdMs: [1000, 4500],
  async inject({ stack }, { holdMs }) {
    const pid = stack.database.pid();
    if (pid === undefined) throw new Error('the database is not running');
    process.kill(pid, 'SIGSTOP');
    await pause(holdMs);
    if (stack.database.pid() === pid) process.kill(pid, 'SIGCONT');
    return 'database';
  },
};

/** Ends the sessions of every service, wherever they are. */
const killConnections: FaultKind = {
  name: 'kill-connections',
  holdMs: [0, 0],
  async inject({ stack }) {
    return stack.database.using(async (connection) => {
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT id FROM information_schema.processlist WHERE user LIKE 'cpemon\\_%' AND id <> CONNECTION_ID()",
      );
      for (const row of rows) await connection.query('KILL ?', [row['id']]).catch(() => undefined);
      return `${rows.length} sessions`;
    });
  },
};

const readOnly: FaultKind = {
  name: 'read-only',
  holdMs: [500, 2500],
  async inject({ stack }, { holdMs }) {
    await stack.database.using((connection) => connection.query('SET GLOBAL read_only = 1'));
    await pause(holdMs);
    await stack.database.using((connection) => connection.query('SET GLOBAL read_only = 0'));
    return 'database';
  },
};

const lockRows = (name: string, sql: string): FaultKind => ({
  name,
  holdMs: [1000, 4500],
  async inject(site, { holdMs }) {
    await holding(site, async (connection) => {
      await connection.query(sql);
      await pause(holdMs);
    });
    return 'rows held by a stranger';
  },
});

/** One lane's offset row, which every state transaction of that lane and whoever claims it must write. */
const lockOneOffset: FaultKind = {
  name: 'lock-one-offset',
  holdMs: [2000, 6000],
  async inject(site, { pick, holdMs }) {
    const lane = Math.floor(pick * 16);
    await holding(site, async (connection) => {
      await connection.query("SELECT lane FROM log_offsets WHERE grp = 'state' AND lane = ? FOR UPDATE", [
        lane,
      ]);
      await pause(holdMs);
    });
    return `lane ${lane}`;
  },
};

/** A snapshot held open, as a backup does: what is purged meanwhile must wait. */
const longReader: FaultKind = {
  name: 'long-reader',
  holdMs: [4000, 12_000],
  async inject({ stack }, { holdMs }) {
    return stack.database.using(async (connection) => {
      await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
      const [[before]] = await connection.query<RowDataPacket[]>(
        'SELECT SUM(event_count) AS events FROM log_records',
      );
      await pause(holdMs);
      const [[after]] = await connection.query<RowDataPacket[]>(
        'SELECT SUM(event_count) AS events FROM log_records',
      );
      if (Number(before?.['events']) !== Number(after?.['events'])) throw new Error('its snapshot changed');
      return `${Number(before?.['events'])} events`;
    });
  },
};

/** Stops everything that comes behind it for as long as its owner cannot go on: a stopped client of the server. */
const tableLock: FaultKind = {
  name: 'lock-log-table',
  holdMs: [500, 3000],
  async inject({ stack }, { holdMs }) {
    return stack.database.using(async (connection) => {
      await connection.query('SET SESSION lock_wait_timeout = 3');
      await connection.query('LOCK TABLES log_records READ');
      await pause(holdMs);
      await connection.query('UNLOCK TABLES');
      return 'log_records';
    });
  },
};

/** Sessions of writers, in the middle of a state transaction: they are held up there first. */
const killTransaction: FaultKind = {
  name: 'kill-writer-transaction',
  holdMs: [300, 900],
  async inject(site, { holdMs }) {
    let killed = 0;
    await holding(site, async (stranger) => {
      await stranger.query('SELECT device_id FROM device_state FOR UPDATE');
      await pause(holdMs);
      const [rows] = await stranger.query<RowDataPacket[]>(
        `SELECT id FROM information_schema.processlist
          WHERE user = 'cpemon_writer' AND info LIKE 'INSERT INTO device_state%'`,
      );
      for (const row of rows) await stranger.query('KILL ?', [row['id']]).catch(() => undefined);
      killed = rows.length;
    });
    if (killed === 0) throw new Error('no writer was in a transaction');
    return `${killed} transactions`;
  },
};

export const DATABASE_FAULTS: readonly FaultKind[] = [
  killDatabase,
  stopDatabase,
  killConnections,
  killTransaction,
  readOnly,
  lockRows('lock-lanes', 'SELECT lane FROM log_lanes FOR UPDATE'),
  lockRows('lock-offsets', 'SELECT lane FROM log_offsets FOR UPDATE'),
  lockRows('lock-device-state', 'SELECT device_id FROM device_state ORDER BY device_id LIMIT 50 FOR UPDATE'),
  lockOneOffset,
  tableLock,
  longReader,
];
