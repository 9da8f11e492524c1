import {
  createDeviceComparison,
  lanesWithHoles as findLanesWithHoles,
  readStoredDevices,
  type DeviceDifference,
  type DeviceTruth,
} from '@cpemon/local-stack';
import type { RunningStack } from './running-stack.js';
import { eventually, sleep } from './eventually.js';

/** Stops the fleet, lets everything in flight settle and the backlog drain. */
export async function settle(stack: RunningStack, seconds = 60): Promise<void> {
  await stack.simulator('/pause');
  let accepted = -1;
  await eventually(
    'nothing is open and the backlog is drained',
    async () => {
      const { totals } = await stack.truth();
      const { totals: books } = await stack.pipeline();
      // Looked at twice, longer apart than an answer of the API may be old.
      const asBefore = books.accepted === accepted;
      accepted = books.accepted;
      if (totals.open === 0 && books.lag_events === 0 && books.applied === books.accepted && asBefore)
        return true;
      await sleep(1200);
      return false;
    },
    seconds * 1000,
  );
}

/** Where the simulator's books and the database differ, device by device; see `npm run cpemon -- verify`. */
export async function compareWithTruth(stack: RunningStack): Promise<readonly DeviceDifference[]> {
  const url = stack.file().processes.find(({ name }) => name === 'cpe-simulator')?.url ?? '';
  const lines = (await (await fetch(`${url}/truth/devices`)).text()).trim().split('\n');
  const stored = await readStoredDevices(stack.database());
  const comparison = createDeviceComparison();
  for (const line of lines) {
    const truth = JSON.parse(line) as DeviceTruth;
    comparison.add(truth, stored.get(truth.sn));
  }
  return comparison.differences;
}

/** The books of the log itself: every lane is contiguous and holds exactly what its head says. */
export const lanesWithHoles = (stack: RunningStack): Promise<string[]> =>
  findLanesWithHoles(stack.database());
