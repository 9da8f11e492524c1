import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { parseDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { DEFAULT_REACHABILITY_SETTINGS, type ReachabilitySettings } from '@cpemon/domain';
import { createConfigReader } from '@cpemon/service-kit';

export interface WriterConfig {
  database: DatabaseAddress;
  /** Login that may change the partitions of the log; without one, scheduled work is left to other writers. */
  maintenanceDatabase: DatabaseAddress | undefined;
  listenHost: string;
  operationsPort: number;
  instanceId: string;
  leaseMs: number;
  /** Devices kept in memory; about 1.5 kB each. */
  cachedDevices: number;
  reachability: ReachabilitySettings;
}

const MEMBER_NAME = /^[\x21-\x7e]{1,64}$/;

/** @throws ConfigError that lists every problem of the environment */
export function readConfig(
  // eslint-disable-next-line no-restricted-properties -- the one place of this service that reads the environment
  env: NodeJS.ProcessEnv = process.env,
): WriterConfig {
  const reader = createConfigReader(env);
  const defaults = DEFAULT_REACHABILITY_SETTINGS;
  const seconds = (name: string, fallback: number): number =>
    reader.number(`REACHABILITY_${name}_SECONDS`, { default: fallback, min: 1, max: 31 * 86_400 });
  const config: WriterConfig = {
    database: reader.parsed('DATABASE_URL', parseDatabaseUrl, { secret: true }),
    maintenanceDatabase:
      reader.optionalString('MAINTENANCE_DATABASE_URL', { secret: true }) === undefined
        ? undefined
        : reader.parsed('MAINTENANCE_DATABASE_URL', parseDatabaseUrl, { secret: true }),
    listenHost: reader.string('LISTEN_HOST', { default: '127.0.0.1' }),
    operationsPort: reader.integer('OPS_PORT', { default: 9103, min: 0, max: 65_535 }),
    instanceId: reader.string('INSTANCE_ID', { default: defaultInstanceId(), pattern: MEMBER_NAME }),
    leaseMs: reader.integer('LEASE_MS', { default: 5000, min: 3000, max: 60_000 }),
    cachedDevices: reader.integer('CACHED_DEVICES', { default: 200_000, min: 1000, max: 5_000_000 }),
    reachability: {
      defaultIntervalSeconds: seconds('DEFAULT_INTERVAL', defaults.defaultIntervalSeconds),
      staleFloorSeconds: seconds('STALE_FLOOR', defaults.staleFloorSeconds),
      staleCeilingSeconds: seconds('STALE_CEILING', defaults.staleCeilingSeconds),
      offlineFloorSeconds: seconds('OFFLINE_FLOOR', defaults.offlineFloorSeconds),
      offlineCeilingSeconds: seconds('OFFLINE_CEILING', defaults.offlineCeilingSeconds),
    },
  };
  reader.finish();
  return config;
}

function defaultInstanceId(): string {
  const host = hostname().replace(/[^\x21-\x7e]/g, '-');
  return `cpemon-writer-${host.slice(0, 30)}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
