import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { pause } from '../pause.js';
import type { FaultKind } from './fault.js';

/** Every fsync of the database takes so much longer. */
const FSYNC_DELAY_MICROSECONDS = 150_000;

const slowFsync: FaultKind = {
  name: 'slow-fsync',
  holdMs: [2000, 4000],
  unavailable: () =>
    spawnSync('strace', ['-V']).error === undefined ? undefined : 'strace is not installed',
  async inject({ stack }, { holdMs }) {
    const pid = stack.database.pid();
    if (pid === undefined) throw new Error('the database is not running');
    const calls = 'fsync,fdatasync';
    const strace = spawn(
      'strace',
      [
        ...['-f', '-qq', '-p', String(pid), '-e', `trace=${calls}`, '-o', '/dev/null'],
        ...['-e', `inject=${calls}:delay_exit=${FSYNC_DELAY_MICROSECONDS}`],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let words = '';
    strace.stderr.on('data', (text: Buffer) => (words += text.toString()));
    const ended = once(strace, 'exit');
    await pause(holdMs);
    // It takes its leave of every thread before it ends.
    strace.kill('SIGTERM');
    await ended;
    if (/attach|not permitted/i.test(words)) throw new Error(words.trim());
    return 'database';
  },
};

const diskFull: FaultKind = {
  name: 'disk-full',
  holdMs: [1500, 4000],
  unavailable: ({ disk }) =>
    disk === undefined ? 'no small filesystem could be mounted for the database' : undefined,
  async inject({ disk }, { holdMs }) {
    disk!.fill();
    await pause(holdMs);
    disk!.free();
    return "the database's filesystem";
  },
};

/** How far the server's clock is from ours. */
async function secondsOff(connection: SingleConnection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT UNIX_TIMESTAMP(SYSDATE(3)) AS now');
  return Number(row?.['now']) - Date.now() / 1000;
}

const step = (name: string, who: 'database' | 'services', seconds: number): FaultKind => ({
  name,
  holdMs: [2000, 5000],
  unavailable: ({ clocks }) => (clocks === undefined ? 'libfaketime is not installed' : undefined),
  async inject({ clocks, stack }, { pick, holdMs }) {
    const by = pick < 0.5 ? -seconds : seconds;
    clocks!.set(who, by);
    await pause(holdMs);
    const off = who === 'database' ? await stack.database.using(secondsOff) : by;
    clocks!.set(who, 0);
    if (Math.abs(off - by) > 2) throw new Error(`the clock is off by ${off.toFixed(1)} s, not by ${by}`);
    return `${who} ${by > 0 ? '+' : ''}${by} s`;
  },
});

export const MACHINE_FAULTS: readonly FaultKind[] = [
  slowFsync,
  diskFull,
  step('clock-step-services', 'services', 3600),
  step('clock-step-database', 'database', 20),
];
