import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import {
  ADMISSION_MODES,
  DEFAULT_REACHABILITY_SETTINGS,
  MERGE_MODES,
  type AdmissionMode,
  type AdmissionRules,
  type MergeMode,
  type ReachabilitySettings,
  type SilenceSettings,
} from '@cpemon/domain';
import type { DeviceModelsConfig } from '@cpemon/model-folder';
import { createConfigReader } from '@cpemon/service-kit';
import { readTracingConfig, type TracingConfig } from '@cpemon/tracing';
import type { HistorySettings, RetentionSettings } from './maintenance-jobs.js';

export interface WriterConfig {
  database: DatabaseAddress;
  /** Login that may change the partitions of the log; without one, scheduled work is left to other writers. */
  maintenanceDatabase: DatabaseAddress | undefined;
  listenHost: string;
  operationsPort: number;
  instanceId: string;
  leaseMs: number;
  /** A database in which several servers take writes is warned of, not refused. */
  allowMultiPrimary: boolean;
  retention: RetentionSettings;
  /** Devices kept in memory, about 300 bytes each, and the bytes they may take. */
  cachedDevices: number;
  cachedBytes: number;
  reachability: ReachabilitySettings;
  /** When a source counts as silent. */
  silence: SilenceSettings;
  admission: AdmissionRules;
  /** What becomes of a box that comes with another product class. */
  merge: MergeMode;
  /** File of the rules and receivers of alerts; undefined: the default rules, and nobody is told. */
  alertsFile: string | undefined;
  /** Value of a variable that the file names as the place of a secret. */
  secretVariable: (name: string) => string | undefined;
  /** File of the rules that health is judged by; undefined: it is not judged. */
  healthRulesFile: string | undefined;
  /** Samples of every metric and their roll-ups are kept. */
  history: boolean;
  /** What each model sends is counted. */
  coverage: boolean;
  /** By what mappings parameters are read when that is counted. */
  deviceModels: DeviceModelsConfig;
  /** Absent: there are no traces. */
  tracing?: TracingConfig | undefined;
}

/** 25 months. */
const AUDIT_DAYS = 760;
const MIB = 1024 * 1024;
/** From the folder of the compiled file, and from that of the source. */
const BUILT_IN_RULES = resolve(__dirname, '../../../rules/device-health.yaml');
const NO_RULES = 'none';
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
  const logBytes = reader.integer('LOG_RETENTION_BYTES', { default: 0, min: 0 });
  const history = reader.string('HISTORY', { default: 'off', oneOf: ['on', 'off'] }) === 'on';
  const samplesBytes = reader.integer('HISTORY_SAMPLE_BYTES', { default: 0, min: 0 });
  const days = (name: string, fallback: number): number =>
    reader.integer(`HISTORY_${name}_DAYS`, { default: fallback, min: 1, max: 36_500 });
  const historySettings: HistorySettings = {
    packAfterSeconds: reader.integer('HISTORY_PACK_AFTER_SECONDS', { default: 600, min: 1, max: 3600 }),
    retention: {
      samplesDays: days('SAMPLE', 7),
      ...(samplesBytes === 0 ? {} : { samplesBytes }),
      hoursDays: days('HOURLY', 90),
      daysDays: days('DAILY', AUDIT_DAYS),
    },
  };
  const modelsFolder = reader.optionalString('DEVICE_MODELS_DIR');
  const healthRules = reader.string('HEALTH_RULES_FILE', { default: BUILT_IN_RULES });
  const alertsFile = reader.optionalString('ALERTS_FILE');
  const config: WriterConfig = {
    alertsFile: alertsFile === undefined ? undefined : resolve(alertsFile),
    secretVariable: (name) => env[name],
    healthRulesFile: healthRules === NO_RULES ? undefined : resolve(healthRules),
    history,
    coverage: reader.string('COVERAGE', { default: 'on', oneOf: ['on', 'off'] }) === 'on',
    deviceModels: {
      ...(modelsFolder && { folder: modelsFolder }),
      unknownValues: 'dropped',
      startsAnyway: true,
    },
    database: reader.parsed('DATABASE_URL', parseDatabaseUrl, { secret: true }),
    maintenanceDatabase:
      reader.optionalString('MAINTENANCE_DATABASE_URL', { secret: true }) === undefined
        ? undefined
        : reader.parsed('MAINTENANCE_DATABASE_URL', parseDatabaseUrl, { secret: true }),
    listenHost: reader.string('LISTEN_HOST', { default: '127.0.0.1' }),
    operationsPort: reader.integer('OPS_PORT', { default: 9103, min: 0, max: 65_535 }),
    instanceId: reader.string('INSTANCE_ID', { default: defaultInstanceId(), pattern: MEMBER_NAME }),
    leaseMs: reader.integer('LEASE_MS', { default: 5000, min: 3000, max: 60_000 }),
    cachedDevices: reader.integer('CACHED_DEVICES', { default: 1_200_000, min: 1000, max: 20_000_000 }),
    cachedBytes: reader.integer('CACHED_BYTES', { default: 512 * MIB, min: 16 * MIB, max: 65_536 * MIB }),
    allowMultiPrimary: reader.boolean('ALLOW_MULTI_PRIMARY', { default: false }),
    retention: {
      log: {
        hours: reader.integer('LOG_RETENTION_HOURS', { default: 24, min: 1, max: 24 * 366 }),
        ...(logBytes === 0 ? {} : { bytes: logBytes }),
      },
      auditDays: reader.integer('AUDIT_RETENTION_DAYS', { default: AUDIT_DAYS, min: 1, max: 36_500 }),
      ...(history ? { history: historySettings } : {}),
    },
    tracing: readTracingConfig(reader),
    admission: {
      mode: reader.string('ADMISSION', { default: 'open', oneOf: ADMISSION_MODES }) as AdmissionMode,
      newDevicesPerHour: reader.integer('NEW_DEVICES_PER_HOUR', { default: 0, min: 0, max: 100_000_000 }),
    },
    merge: reader.string('MERGE_IDENTITIES', { default: 'propose', oneOf: MERGE_MODES }) as MergeMode,
    silence: {
      floorMs: reader.number('SOURCE_SILENCE_FLOOR_SECONDS', { default: 60, min: 5, max: 3600 }) * 1000,
    },
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
