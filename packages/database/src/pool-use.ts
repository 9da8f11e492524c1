import type { DatabasePool } from './connection.js';

/** Connections of a pool: at work, open without work, and how many callers wait for one. */
export interface PoolUse {
  busy: number;
  idle: number;
  waiting: number;
}

/** What the driver keeps of a pool; it shows this in no other way. */
interface DriverPool {
  _allConnections?: { length: number };
  _freeConnections?: { length: number };
  _connectionQueue?: { length: number };
}

export function readPoolUse(pool: DatabasePool): PoolUse {
  const { _allConnections, _freeConnections, _connectionQueue } = pool.pool as unknown as DriverPool;
  const idle = _freeConnections?.length ?? 0;
  return {
    busy: Math.max(0, (_allConnections?.length ?? 0) - idle),
    idle,
    waiting: _connectionQueue?.length ?? 0,
  };
}
