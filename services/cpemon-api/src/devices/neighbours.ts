import type { IntakeMoment } from '@cpemon/domain';
import { readDevicesById, readIntakeMoment } from '@cpemon/store';
import type { DatabaseReader } from '../database-reader.js';
import type { DirectoryKeeper } from '../directory/directory-keeper.js';
import type { DirectoryGroup } from '../directory/directory-tally.js';
import { devicesOf, statusCounts } from '../fleet-tally.js';
import { rfc3339 } from '../rfc3339.js';
import { unknownDevice } from '../routes/request-problem.js';
import { getDirectory, withLabels, type LabelledDevice } from './device-list-reads.js';
import { deviceItem } from './device-views.js';
import { limitedTo } from './list-query.js';

/** Labels of what devices share that breaks for all of them at once, the smallest first. */
const SHARED_LABELS = ['pon', 'card', 'dslam', 'olt'];
/** Devices of each group that are named. */
const MOST_WORST = 5;

export interface NeighboursQuestion {
  deviceId: number;
  /** Labels that whoever asks is limited to. */
  limits: Readonly<Record<string, string>>;
  masked: boolean;
}

/** How the devices are that share a PON, a card, a DSLAM, an OLT or the model with one; of those in service. */
export async function neighboursOf(
  read: DatabaseReader,
  keeper: DirectoryKeeper,
  { deviceId, limits, masked }: NeighboursQuestion,
) {
  const { device, intake } = await read(async (connection) => ({
    device: (await withLabels(connection, await readDevicesById(connection, [deviceId])))[0],
    intake: await readIntakeMoment(connection),
  }));
  if (device === undefined) throw unknownDevice();
  const directory = await getDirectory(keeper);
  const within = limitedTo({ labels: {}, adminStates: ['in_service'] }, limits)!;
  const groups = groupsOf(device);
  // One more than is named, as the device itself may be among them.
  const found = await directory.tallyGroups(groups, { within, intake, most: MOST_WORST + 1 });
  const keys = [...new Set(found.flatMap(({ worst }) => worst))].filter((key) => key !== deviceId);
  const others = await read(async (connection) =>
    withLabels(connection, await readDevicesById(connection, keys)),
  );
  const items = new Map(others.map((each) => [each.device.deviceId, itemOf(each, intake, masked)]));
  return {
    items: found.map(({ label, value, tally, worst }) => ({
      ...{ by: label, value, total: devicesOf(tally), by_status: statusCounts(tally) },
      worst: worst.flatMap((key) => items.get(key) ?? []).slice(0, MOST_WORST),
    })),
    as_of: rfc3339(intake.at),
  };
}

const itemOf = (device: LabelledDevice, intake: IntakeMoment, masked: boolean) =>
  deviceItem(device, intake, masked);

const groupsOf = ({ device, labels }: LabelledDevice): DirectoryGroup[] => [
  ...SHARED_LABELS.flatMap((label) => {
    const value = labels[label];
    return value === undefined ? [] : [{ label, value }];
  }),
  ...(device.model === null ? [] : [{ label: 'model', value: device.model }]),
];
