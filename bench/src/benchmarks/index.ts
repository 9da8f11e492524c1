import type { Benchmark } from '../benchmark.js';
import { drain } from './drain.js';
import { ingestBatch } from './ingest-batch.js';
import { ingestSingle } from './ingest-single.js';
import { logLayout } from './log-layout.js';
import { steady } from './steady.js';

/** Every benchmark, in the order in which `all` runs them. */
export const BENCHMARKS: readonly Benchmark[] = [ingestSingle, ingestBatch, drain, steady, logLayout];
