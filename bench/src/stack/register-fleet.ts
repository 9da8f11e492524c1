import { FLEET_DEVICES, numberedFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import type { ExpectedState } from './expected-state.js';
import { readLogBooks } from './log-books.js';
import type { IngestProcess, PrivateStack } from './private-stack.js';
import { watchDrain } from './watch-drain.js';

/**
 * One event of every device through the whole pipeline, so that each has its rows before anything is measured. Not
 * loaded by SQL: what the writer keeps of a device is its own, and a million take about a minute this way.
 */
export async function registerFleet(
  stack: PrivateStack,
  api: IngestProcess,
  expected: ExpectedState,
  devices = FLEET_DEVICES,
): Promise<void> {
  const connection = await stack.connect();
  const { applied } = await readLogBooks(connection);
  const fleet = numberedFleet(devices);
  await Promise.all([queueEvents(api, fleet, devices), watchDrain(connection, applied, devices)]);
  expected.add(fleet, devices);
}
