import type { ClosedResult } from '../load/load-job.js';
import { plainNumber } from './result-line.js';

/** `ours: 24010 events/s, answered p50 2.50 p95 4.10 p99 6.20 ms, api 0.98, database 0.42 cores`. */
export function loadLine(name: string, load: ClosedResult, cores: Record<string, number>): string {
  const rate = plainNumber(load.measuredEvents / load.measuredSeconds);
  return `${name}: ${rate} events/s, answered ${latencyText(load.latencyMs)}, ${coresText(cores)}`;
}

/** `p50 2.50 p95 4.10 p99 6.20 ms`. */
export function latencyText(latencyMs: { p50: number; p95: number; p99: number }): string {
  const { p50, p95, p99 } = latencyMs;
  return `p50 ${plainNumber(p50)} p95 ${plainNumber(p95)} p99 ${plainNumber(p99)} ms`;
}

/** `api 0.42, writer 0.13 cores`. */
export function coresText(cores: Record<string, number>): string {
  const parts = Object.entries(cores).map(([name, used]) => `${name} ${used.toFixed(2)}`);
  return `${parts.join(', ')} cores`;
}
