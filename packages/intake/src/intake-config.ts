import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { parseDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { DEFAULT_APPEND_LIMITS, type AppendLimits } from '@cpemon/event-log';
import type { ConfigReader } from '@cpemon/service-kit';

/** What every process that takes events in is told. */
export interface IntakeConfig {
  database: DatabaseAddress;
  listenHost: string;
  port: number;
  operationsPort: number;
  /** Name of this process in the log and on the page: unique, at most 50 characters. */
  instanceId: string;
  appendLimits: Pick<AppendLimits, 'maxEvents' | 'maxBytes' | 'maxCallers'>;
  /** A sender that waits longer is told to try again. */
  appendTimeoutMs: number;
}

const INSTANCE_NAME = /^[\x21-\x7e]{1,50}$/;

/** Reads the variables that services which take events in have in common. */
export function readIntakeConfig(
  reader: ConfigReader,
  service: { name: string; port: number; operationsPort: number },
): IntakeConfig {
  const { maxEvents, maxBytes, maxCallers } = DEFAULT_APPEND_LIMITS;
  const port = { min: 0, max: 65_535 };
  return {
    database: reader.parsed('DATABASE_URL', parseDatabaseUrl, { secret: true }),
    listenHost: reader.string('LISTEN_HOST', { default: '127.0.0.1' }),
    port: reader.integer('PORT', { default: service.port, ...port }),
    operationsPort: reader.integer('OPS_PORT', { default: service.operationsPort, ...port }),
    instanceId: reader.string('INSTANCE_ID', {
      default: defaultInstanceId(service.name),
      pattern: INSTANCE_NAME,
    }),
    appendLimits: {
      maxEvents: reader.integer('APPEND_MAX_EVENTS', { default: maxEvents, min: 1 }),
      maxBytes: reader.integer('APPEND_MAX_BYTES', { default: maxBytes, min: 1024 }),
      maxCallers: reader.integer('APPEND_MAX_CALLERS', { default: maxCallers, min: 1 }),
    },
    appendTimeoutMs: reader.integer('APPEND_TIMEOUT_MS', { default: 8000, min: 100, max: 25_000 }),
  };
}

function defaultInstanceId(service: string): string {
  const host = hostname().replace(/[^\x21-\x7e]/g, '-');
  return `${service}-${host.slice(0, 22)}-${process.pid}-${randomBytes(3).toString('hex')}`.slice(-50);
}
