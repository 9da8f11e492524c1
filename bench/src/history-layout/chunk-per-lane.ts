import type { SingleConnection } from '@cpemon/database';
import { createSampleChunk, deviceIdBytes } from '@cpemon/history';
import {
  addFreshChunks,
  closeRunGroup,
  findFreshLanes,
  findDueDays,
  findRunGroups,
  packFreshLane,
  readUnpackedSamples,
  rollUpDay,
} from '@cpemon/store';
import type { DeviceSample, HistoryLayout } from './history-layout.js';

/** The product's layout: a chunk a lane and transaction, packed by lane into columns by device, and those at rest. */
export const chunkPerLane: HistoryLayout & {
  /** The first half of packing: chunks into runs. */
  packFresh(connection: SingleConnection): Promise<void>;
} = {
  name: 'chunk-per-lane',
  tables: ['history_fresh', 'history_runs'],
  async prepare(connection) {
    for (const table of ['fresh', 'runs', 'samples', 'hours', 'days', 'due'].map((name) => `history_${name}`))
      await connection.query(`TRUNCATE TABLE ${table}`);
  },
  async insert(transaction, samples) {
    const lanes = new Map<number, DeviceSample[]>();
    for (const sample of samples) {
      const own = lanes.get(sample.lane);
      if (own === undefined) lanes.set(sample.lane, [sample]);
      else own.push(sample);
    }
    await addFreshChunks(
      transaction,
      [...lanes].map(([lane, own]) => {
        const chunk = createSampleChunk();
        for (const { sample } of own) chunk.add(sample.at, sample.source, sample.profile, sample.metrics);
        const deviceIds = deviceIdBytes(own.map(({ deviceId }) => deviceId));
        return { generation: 1, lane, deviceIds, payload: chunk.bytes() };
      }),
    );
  },
  async packFresh(connection) {
    for (const lane of await findFreshLanes(connection, 0))
      await transact(connection, () => packFreshLane(connection, lane));
  },
  async pack(connection) {
    await this.packFresh(connection);
    for (;;) {
      const groups = await findRunGroups(connection, 2 ** 31, 100);
      for (const group of groups) await transact(connection, () => closeRunGroup(connection, group));
      if (groups.length === 0) break;
    }
    for (const due of await findDueDays(connection, 2 ** 31, 100_000))
      await transact(connection, () => rollUpDay(connection, due));
  },
  async readDevice(connection, deviceId) {
    return (await readUnpackedSamples(connection, { deviceId, serialNumber: `SN${deviceId}` }, 0)).length;
  },
};

async function transact(connection: SingleConnection, work: () => Promise<unknown>): Promise<void> {
  await connection.query('START TRANSACTION');
  await work();
  await connection.query('COMMIT');
}
