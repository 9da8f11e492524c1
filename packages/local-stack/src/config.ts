import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerWish } from './find-or-fetch-server.js';

/** What this package takes from the environment; everything else is an option of the command line. */
export interface LocalStackEnvironment {
  /** From PATH, CPEMON_MYSQLD (the server program to use), XDG_CACHE_HOME and the proxies' variables. */
  server: Omit<ServerWish, 'tell' | 'signal'>;
  /** DATABASE_URL: a running database to use instead of a private one. */
  databaseUrl?: string;
  /** LOG_LEVEL for the services. */
  logLevel: string;
  /** NO_COLOR is set (no-color.org). */
  noColor: boolean;
  /** Handed on to the services: PATH, HOME and the like, and variables of NODE. */
  inherited: Record<string, string>;
}

const PROXIES = /^(https?|ftp|all|no)_proxy$/i;
const INHERITED = /^(PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|NODE_\w+)$/;

export function readEnvironment(env: NodeJS.ProcessEnv): LocalStackEnvironment {
  const given = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);
  const cacheBase =
    given('XDG_CACHE_HOME') ?? (given('HOME') === undefined ? tmpdir() : join(homedir(), '.cache'));
  const program = given('CPEMON_MYSQLD');
  const databaseUrl = given('DATABASE_URL');
  return {
    server: {
      path: env['PATH'] ?? '',
      cacheFolder: join(cacheBase, 'cpemon'),
      network: pick(env, PROXIES),
      ...(program === undefined ? {} : { given: program }),
    },
    logLevel: given('LOG_LEVEL') ?? 'info',
    noColor: given('NO_COLOR') !== undefined,
    inherited: pick(env, INHERITED),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  };
}

function pick(env: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
