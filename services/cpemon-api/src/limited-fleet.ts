import type { IntakeMoment } from '@cpemon/domain';
import { MOST_LABEL_VALUES, readIntakeMoment } from '@cpemon/store';
import type { DatabaseReader } from './database-reader.js';
import { getDirectory } from './devices/device-list-reads.js';
import type { DirectoryKeeper } from './directory/directory-keeper.js';
import { fleetByLabelView, intakeView } from './fleet-view.js';
import { devicesOf, healthCounts, reachabilityCounts, statusCounts } from './fleet-tally.js';
import { rfc3339 } from './rfc3339.js';
import { shareAnswer } from './shared-answer.js';

type Labels = Readonly<Record<string, string>>;

/** What those see of the fleet who see the devices with some labels and no others. */
export interface LimitedFleet {
  /** As `GET /v1/fleet` answers it. @throws RequestProblem `directory_loading` */
  fleet(labels: Labels): Promise<object>;
  /** As `GET /v1/fleet?by=` answers it. @throws RequestProblem `directory_loading` */
  fleetBy(labels: Labels, label: string): Promise<object>;
}

/** Counting is a loop over all devices; those who see the same share one. */
const SHARED_MS = 2000;
/** Different questions whose answers are shared. */
const MOST_SHARED = 200;

/** Counts in the directory: kept counts are of one label each, and those who are limited may have several. */
export function createLimitedFleet(read: DatabaseReader, keeper: DirectoryKeeper): LimitedFleet {
  const answers = new Map<string, () => Promise<object>>();
  const shared = (key: string, ask: (intake: IntakeMoment) => Promise<object>): Promise<object> => {
    const known = answers.get(key);
    if (known !== undefined) return known();
    if (answers.size >= MOST_SHARED) answers.clear();
    const answer = shareAnswer(async () => ask(await read(readIntakeMoment)), SHARED_MS);
    answers.set(key, answer);
    return answer();
  };

  return {
    fleet: (labels) =>
      shared(`fleet ${textOf(labels)}`, async (intake) => {
        const tally = await (await getDirectory(keeper)).tally({ labels }, intake);
        return {
          ...{ as_of: rfc3339(intake.at), devices: devicesOf(tally) },
          ...{ by_status: statusCounts(tally), by_health: healthCounts(tally) },
          ...{ intake: intakeView(intake), limited_to: labels },
        };
      }),
    fleetBy: (labels, label) =>
      shared(`by ${label} ${textOf(labels)}`, async (intake) => {
        // Others stand for nobody's service: they are in no share.
        const inService = label === 'admin_state' ? {} : { adminStates: ['in_service'] as const };
        const directory = await getDirectory(keeper);
        const tallies = await directory.tallyBy({ labels, ...inService }, { label, intake });
        const values = [...tallies]
          .map(([value, tally]) => ({ value, counts: reachabilityCounts(tally), devices: devicesOf(tally) }))
          .sort((one, other) => other.devices - one.devices || (one.value < other.value ? -1 : 1))
          .slice(0, MOST_LABEL_VALUES);
        return { ...fleetByLabelView(label, values, intake), limited_to: labels };
      }),
  };
}

export const textOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort());
