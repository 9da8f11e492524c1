import type { Benchmark } from '../benchmark.js';
import { bulkdataParse } from './bulkdata-parse.js';
import { coverageCost } from './coverage-cost.js';
import { cwmpSession } from './cwmp-session.js';
import { deaths } from './deaths.js';
import { deviceWeek } from './device-week.js';
import { drain } from './drain.js';
import { fleetSize } from './fleet-size.js';
import { fleetSummary } from './fleet-summary.js';
import { heatGrid } from './heat-grid.js';
import { historyAtRest } from './history-at-rest.js';
import { historyLayout } from './history-layout.js';
import { informParse } from './inform-parse.js';
import { inventoryImport } from './inventory-import.js';
import { ingestBatch } from './ingest-batch.js';
import { ingestSingle } from './ingest-single.js';
import { logLayout } from './log-layout.js';
import { observability } from './observability.js';
import { openSessions } from './open-sessions.js';
import { outage } from './outage.js';
import { pagePaint } from './page-paint.js';
import { retention } from './retention.js';
import { rulesCost } from './rules-cost.js';
import { simulatorMillion } from './simulator-million.js';
import { simulatorSessions } from './simulator-sessions.js';
import { search } from './search.js';
import { spike } from './spike.js';
import { steadyJudged } from './steady-judged.js';
import { steady } from './steady.js';
import { steadyMillion } from './steady-million.js';
import { streamViewers } from './stream-viewers.js';
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
  steadyJudged,
  spike,
  outage,
  retention,
  rulesCost,
  deaths,
  coverageCost,
  observability,
  logLayout,
  historyLayout,
  historyAtRest,
  deviceWeek,
  informParse,
  bulkdataParse,
  cwmpSession,
  openSessions,
  inventoryImport,
  fleetSummary,
  search,
  streamViewers,
  pagePaint,
  heatGrid,
  simulatorMillion,
  simulatorSessions,
];
