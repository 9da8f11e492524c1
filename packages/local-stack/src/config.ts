import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerWish } from './find-or-fetch-server.js';
import type { ApiAddress } from './operator-api.js';

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
  /** Handed on to the services: PATH, HOME and the like, variables of NODE and of OpenTelemetry, and limits of the log. */
  inherited: Record<string, string>;
}

const PROXIES = /^(https?|ftp|all|no)_proxy$/i;
const LIMITS = 'MIN_FREE_DISK_PERCENT|MAX_BACKLOG_BYTES|LOG_RETENTION_HOURS|LOG_RETENTION_BYTES';
const KEPT = 'KEEP_REFUSED_BODIES|KEEP_REFUSED_BODY_BYTES';
const MODELS =
  'DEVICE_MODELS_DIR|KEEP_UNKNOWN_VALUES|COVERAGE|HEALTH_RULES_FILE|ALERTS_FILE|DEVICE_LINKS|HISTORY\\w*';
/** Standard variables of OpenTelemetry. */
const TRACES = 'OTEL_\\w+';
const INHERITED = new RegExp(
  `^(PATH|HOME|USER|LANG|LC_\\w+|TZ|TMPDIR|NODE_\\w+|${LIMITS}|${KEPT}|${MODELS}|${TRACES})$`,
);

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

const FOR_PROGRAMS = /^(PATH|HOME|USER|KUBECONFIG|DOCKER_HOST|DOCKER_CONFIG|XDG_\w+|CONTAINERS_CONF)$/;

/** What docker, podman and kubectl need to find what they talk to. */
export const readProgramsEnvironment = (env: NodeJS.ProcessEnv): Record<string, string> =>
  pick(env, FOR_PROGRAMS);

/** For stacks that a drill starts: everything but a database, which is the drill's own. */
export function readDrillEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL: _given, ...rest } = env;
  return rest;
}

/**
 * CPEMON_URL and CPEMON_TOKEN: the API that operators' verbs talk to; undefined when neither is set.
 * @throws Error with a sentence when one of them is missing, or the first is no URL
 */
export function readApiAddress(env: NodeJS.ProcessEnv): ApiAddress | undefined {
  const { CPEMON_URL: url = '', CPEMON_TOKEN: token = '' } = env;
  if (url === '' && token === '') return undefined;
  if (url === '' || token === '')
    throw new Error('CPEMON_URL and CPEMON_TOKEN go together: one of them is not set.');
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Error('CPEMON_URL must be a URL: http://127.0.0.1:8080');
  return { url, token };
}

/** Where acs-ingest is, and one of its WEBHOOK_SECRETS. */
export interface AcsIngestAddress {
  url: string;
  secret?: string;
}

/** What `npm run cpemon -- genieacs` takes from the environment. */
export interface ConnectorEnvironment {
  /** CPEMON_ACS_URL and CPEMON_WEBHOOK_SECRET; undefined when neither is set. */
  acsIngest?: AcsIngestAddress;
  /** GENIEACS_NBI_AUTHORIZATION: the value of an Authorization header. */
  nbiAuthorization?: string;
}

/** @throws Error with a sentence when CPEMON_ACS_URL is missing beside its secret, or is no URL */
export function readConnectorEnvironment(env: NodeJS.ProcessEnv): ConnectorEnvironment {
  const { CPEMON_ACS_URL: url = '', CPEMON_WEBHOOK_SECRET: secret = '' } = env;
  const { GENIEACS_NBI_AUTHORIZATION: authorization = '' } = env;
  const nbi = authorization === '' ? {} : { nbiAuthorization: authorization };
  if (url === '' && secret === '') return nbi;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Error('CPEMON_ACS_URL must be a URL: http://127.0.0.1:8081');
  return { acsIngest: { url, ...(secret === '' ? {} : { secret }) }, ...nbi };
}

/** DEVICE_MODELS_DIR: mappings of the operator's own, for `explain`. */
export const readModelsFolder = (env: NodeJS.ProcessEnv): string | undefined =>
  env['DEVICE_MODELS_DIR'] === '' ? undefined : env['DEVICE_MODELS_DIR'];

function pick(env: NodeJS.ProcessEnv, names: RegExp): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}
