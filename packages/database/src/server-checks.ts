import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from './connection.js';

/** Settings by which a server may lose what it has confirmed. */
export const WEAK_SETTINGS = [
  'innodb_flush_log_at_trx_commit',
  'sync_binlog',
  'innodb_doublewrite',
  'innodb_flush_method',
] as const;
export type WeakSetting = (typeof WEAK_SETTINGS)[number];

/** What is to be said about a server. Every text is a sentence for the operator. */
export interface ServerVerdict {
  /** Why CPEmon must not work with it. */
  refusals: string[];
  /** Why it is dangerous or will not work for now. */
  warnings: string[];
  weak: { setting: WeakSetting; sentence: string }[];
}

/** Global variables by name in lower case; one that the server does not know is absent. */
export type ServerVariables = ReadonlyMap<string, string>;

const VARIABLES = [
  ...['version', 'log_bin', 'read_only', 'super_read_only', ...WEAK_SETTINGS],
  'innodb_max_dirty_pages_pct_lwm',
  ...['wsrep_on', 'wsrep_provider', 'group_replication_group_name', 'group_replication_single_primary_mode'],
];

/** The server cannot be used, whatever is tried again. */
export class UnsuitableServerError extends Error {
  override readonly name = 'UnsuitableServerError';
}

export async function readServerVariables(connection: Connection): Promise<ServerVariables> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [
    VARIABLES,
  ]);
  return new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'] ?? '')]));
}

/** @param allowMultiPrimary a cluster in which several servers take writes is warned of, not refused */
export function judgeServer(variables: ServerVariables, allowMultiPrimary: boolean): ServerVerdict {
  const verdict: ServerVerdict = { refusals: [], warnings: [], weak: weaknesses(variables) };
  const tooOld = versionProblem(variables.get('version') ?? '');
  if (tooOld !== undefined) verdict.refusals.push(tooOld);
  const cluster = multiPrimary(variables);
  if (cluster !== undefined) {
    const why =
      `The database is ${cluster}: a commit there may be undone by another server's after we were told of it, so ` +
      'lanes, leases and positions do not hold.';
    if (allowMultiPrimary)
      verdict.warnings.push(`${why} Going on, as ALLOW_MULTI_PRIMARY says; write to one server only.`);
    else
      verdict.refusals.push(
        `${why} Use a single primary, or set ALLOW_MULTI_PRIMARY=1 if all of us write to one server.`,
      );
  }
  if (isOn(variables, 'super_read_only') || isOn(variables, 'read_only'))
    verdict.warnings.push(
      'The database is read-only: nothing can be appended or applied until it takes writes.',
    );
  if (Number(variables.get('innodb_max_dirty_pages_pct_lwm') ?? 1) === 0)
    verdict.warnings.push(
      'The database has innodb_max_dirty_pages_pct_lwm = 0: it writes no page until its redo log is full, and then ' +
        'everyone waits for seconds while it does. Set it to 10.',
    );
  return verdict;
}

const isOn = (variables: ServerVariables, name: string): boolean =>
  ['ON', '1', 'YES'].includes((variables.get(name) ?? '').toUpperCase());

function weaknesses(variables: ServerVariables): ServerVerdict['weak'] {
  const weak: ServerVerdict['weak'] = [];
  const say = (setting: WeakSetting, consequence: string): void => {
    const sentence = `The database has ${setting} = ${variables.get(setting)}: ${consequence}`;
    weak.push({ setting, sentence });
  };
  const flush = variables.get('innodb_flush_log_at_trx_commit');
  // 3 is MariaDB's 1 with the group commit of old.
  if (flush !== undefined && flush !== '1' && flush !== '3')
    say('innodb_flush_log_at_trx_commit', 'a crash loses events that were acknowledged. Set it to 1.');
  if (isOn(variables, 'log_bin') && variables.get('sync_binlog') === '0')
    say('sync_binlog', 'a crash loses commits that a replica or a restore needs. Set it to 1.');
  if (['OFF', '0', 'DETECT_ONLY'].includes((variables.get('innodb_doublewrite') ?? '').toUpperCase()))
    say('innodb_doublewrite', 'a crash can leave pages torn beyond repair. Set it to ON.');
  if (['NOSYNC', 'LITTLESYNC'].includes((variables.get('innodb_flush_method') ?? '').toUpperCase()))
    say('innodb_flush_method', 'nothing is flushed to the disk. Set it to O_DIRECT or fsync.');
  return weak;
}

function multiPrimary(variables: ServerVariables): string | undefined {
  const provider = variables.get('wsrep_provider') ?? 'none';
  if (isOn(variables, 'wsrep_on') && provider !== '' && provider !== 'none')
    return 'a node of a Galera cluster';
  const inGroup = (variables.get('group_replication_group_name') ?? '') !== '';
  const single = variables.get('group_replication_single_primary_mode');
  if (inGroup && single !== undefined && !isOn(variables, 'group_replication_single_primary_mode'))
    return 'in a replication group with several primaries';
  return undefined;
}

const OLDEST = { mariadb: [10, 11], mysql: [8, 4] } as const;

function versionProblem(version: string): string | undefined {
  const mariadb = /mariadb/i.test(version);
  // MariaDB once put 5.5.5- before its version, for old replicas.
  const [, major, minor] = /^(?:5\.5\.5-)?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const [oldestMajor, oldestMinor] = OLDEST[mariadb ? 'mariadb' : 'mysql'];
  if (Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor))
    return undefined;
  const name = mariadb ? 'MariaDB' : 'MySQL';
  return `The database is ${name} ${major}.${minor}; CPEmon needs ${name} ${oldestMajor}.${oldestMinor} or later.`;
}
