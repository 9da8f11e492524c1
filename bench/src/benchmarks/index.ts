import type { Benchmark } from '../benchmark.js';
import { drain } from './drain.js';
import { fleetSize } from './fleet-size.js';
import { ingestBatch } from './ingest-batch.js';
import { ingestSingle } from './ingest-single.js';
import { logLayout } from './log-layout.js';
import { outage } from './outage.js';
import { retention } from './retention.js';
import { spike } from './spike.js';
import { steady } from './steady.js';
import { steadyMillion } from './steady-million.js';
import { writers } from './writers.js';

/** Every benchmark, in the order in which `all` runs them. */
export const BENCHMARKS: readonly Benchmark[] = [
  ingestSingle,
  ingestBatch,
  drain,
  writers,
  fleetSize,
  steady,
  steadyMillion,
  spike,
  outage,
  retention,
  logLayout,
];
