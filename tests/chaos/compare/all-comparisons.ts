import { alerts } from './alerts.js';
import type { Comparison } from './comparison.js';
import { deviceEvents } from './device-events.js';
import { deviceState } from './device-state.js';
import { devices } from './devices.js';
import { eventLogView } from './event-log-view.js';
import { fleetCounts } from './fleet-counts.js';
import { history } from './history.js';
import { identities } from './identities.js';
import { logRecords } from './log-records.js';
import { offsets } from './offsets.js';
import { outbox } from './outbox.js';
import { parkedAndDead } from './parked-and-dead.js';
import { pipelineBooks } from './pipeline-books.js';
import { retention } from './retention.js';

/** One a table; a table that is added to the product gets one here. */
export const COMPARISONS: readonly Comparison[] = [
  logRecords,
  eventLogView,
  devices,
  deviceState,
  deviceEvents,
  history,
  identities,
  fleetCounts,
  offsets,
  parkedAndDead,
  alerts,
  outbox,
  retention,
  pipelineBooks,
];
