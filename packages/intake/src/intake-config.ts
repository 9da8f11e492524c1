import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { parseDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { DEFAULT_APPEND_LIMITS, type AppendLimits } from '@cpemon/event-log';
import type { ConfigReader, ConnectionLimits } from '@cpemon/service-kit';
import { readTracingConfig, type TracingConfig } from '@cpemon/tracing';
import type { GateLimits } from './intake-gate.js';
import { readRefusedBodyLimits, type RefusedBodyLimits } from './refused-bodies.js';

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
  /** Beyond these, intake is closed until the log has drained. */
  gateLimits: GateLimits;
  /** A path on the disk that holds the database's data, when this process can see it. */
  databaseDiskPath: string | undefined;
  /** A database in which several servers take writes is warned of, not refused. */
  allowMultiPrimary: boolean;
  connectionLimits: ConnectionLimits;
  /** How much is kept of what is refused. */
  refusedBodies: RefusedBodyLimits;
  /** Absent: there are no traces. */
  tracing?: TracingConfig | undefined;
}

const BACKLOG_BYTES = 50 * 1024 ** 3;
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
    gateLimits: {
      maxBacklogBytes: reader.integer('MAX_BACKLOG_BYTES', { default: BACKLOG_BYTES, min: 0 }),
      minFreeDiskPercent: reader.number('MIN_FREE_DISK_PERCENT', { default: 10, min: 0, max: 90 }),
      requireSemiSync: reader.boolean('REQUIRE_SEMI_SYNC', { default: false }),
    },
    databaseDiskPath: reader.optionalString('DATABASE_DISK_PATH'),
    allowMultiPrimary: reader.boolean('ALLOW_MULTI_PRIMARY', { default: false }),
    connectionLimits: readConnectionLimits(reader),
    refusedBodies: readRefusedBodyLimits(reader),
    tracing: readTracingConfig(reader),
  };
}

/** What one address may take of the connections, unless told: room is left for others, even if it is a proxy. */
const SHARE_OF_ONE_ADDRESS = 0.8;

function readConnectionLimits(reader: ConfigReader): ConnectionLimits {
  const maxConnections = reader.integer('MAX_CONNECTIONS', { default: 10_000, min: 1, max: 1_000_000 });
  const share = Number.isNaN(maxConnections) ? 1 : Math.ceil(maxConnections * SHARE_OF_ONE_ADDRESS);
  const seconds = { min: 100, max: 600_000 };
  return {
    maxConnections,
    maxConnectionsPerAddress: reader.integer('MAX_CONNECTIONS_PER_ADDRESS', { default: share, min: 1 }),
    headersTimeoutMs: reader.integer('HEADERS_TIMEOUT_MS', { default: 10_000, ...seconds }),
    requestTimeoutMs: reader.integer('REQUEST_TIMEOUT_MS', { default: 30_000, ...seconds }),
    minBytesPerSecond: reader.integer('MIN_BYTES_PER_SECOND', { default: 100, min: 0 }),
  };
}

function defaultInstanceId(service: string): string {
  const host = hostname().replace(/[^\x21-\x7e]/g, '-');
  return `${service}-${host.slice(0, 22)}-${process.pid}-${randomBytes(3).toString('hex')}`.slice(-50);
}
