import { FLEET_DEVICES, numberedFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import type { ExpectedState } from './expected-state.js';
import { readLogBooks, watchDrain } from './log-books.js';
import type { IngestProcess, PrivateStack } from './private-stack.js';

/** One event of every device through the whole pipeline, so that each has its rows before anything is measured. */
export async function registerFleet(
  stack: PrivateStack,
  api: IngestProcess,
  expected: ExpectedState,
): Promise<void> {
  const connection = await stack.connect();
  const { applied } = await readLogBooks(connection);
  const fleet = numberedFleet();
  await queueEvents(api, fleet, FLEET_DEVICES);
  expected.add(fleet, FLEET_DEVICES);
  await watchDrain(connection, applied, FLEET_DEVICES);
}
