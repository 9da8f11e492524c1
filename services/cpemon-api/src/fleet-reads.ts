import { STATE_GROUP, readLogStats, type LogStats } from '@cpemon/event-log';
import {
  countFleetOfSources,
  findDevices,
  listDevices,
  listDevicesByLastSeen,
  readFleetCounts,
  readHealthCounts,
  readLabelCounts,
  readIntakeMoment,
  readIntakeProcesses,
  readRecentSerialNumbers,
  readSourceSilences,
  type DeviceSummary,
  type FleetCounts,
  type HealthCounts,
  type SourceCounts,
  type IntakeProcess,
  type SourceSilence,
} from '@cpemon/store';
import type { Connection } from '@cpemon/database';
import { pathsUnheard, sourceOfPath, type IntakeMoment } from '@cpemon/domain';
import type { DatabaseReader } from './database-reader.js';
import { shareAnswer } from './shared-answer.js';

export interface DevicePage {
  devices: DeviceSummary[];
  total: number;
  intake: IntakeMoment;
}

/** What the read routes ask of the database. */
export interface FleetReads {
  pipeline(): Promise<{ stats: LogStats; ingests: IntakeProcess[]; silences?: SourceSilence[] }>;
  /** `ofPathsDown` counts the devices that were last heard on a path which is down now. */
  fleet(): Promise<FleetReading>;
  devices(page: { offset: number; limit: number; recentFirst: boolean }): Promise<DevicePage>;
  device(serialNumber: string): Promise<DevicePage>;
  /** Devices in service by value of a label; of `admin_state` all. */
  fleetBy(label: string): Promise<LabelledFleet>;
}

export interface FleetReading {
  counts: FleetCounts;
  ofPathsDown: (FleetCounts & Partial<SourceCounts>) | undefined;
  intake: IntakeMoment;
  healths?: HealthCounts;
}

export interface LabelledFleet {
  values: { value: string; counts: FleetCounts }[];
  intake: IntakeMoment;
}

/** Labels whose counts are shared between those who ask. */
const LABELS_SHARED = 100;
/** A page asks every second; those who watch together share one reading. */
const SHARED_MS = 250;
/** Counting the devices of some paths reads every device. */
const RECOUNT_MS = 10_000;
/** Up to this many devices, "seen last" is answered by sorting them; beyond, from the newest events of the log. */
const SORTED_DEVICES = 20_000;
/** Ingest processes not heard of for longer are gone, and no longer shown. */
const INGEST_SHOWN_SECONDS = 60;
/** Silences of sources that ended longer ago are history. */
const SILENCES_SHOWN_MS = 86_400_000;

export function createFleetReads(read: DatabaseReader): FleetReads {
  const countOfSources = new Map<string, () => Promise<SourceCounts>>();
  const countShared = (sources: readonly string[]): Promise<SourceCounts> => {
    const key = sources.join();
    let count = countOfSources.get(key);
    if (count === undefined) {
      count = shareAnswer(() => read((connection) => countFleetOfSources(connection, sources)), RECOUNT_MS);
      countOfSources.set(key, count);
    }
    return count();
  };

  const byLabel = new Map<string, () => Promise<LabelledFleet>>();
  const labelled = (label: string): (() => Promise<LabelledFleet>) =>
    shareAnswer(
      () =>
        read(async (connection) => ({
          values: await readLabelCounts(connection, label),
          intake: await readIntakeMoment(connection),
        })),
      SHARED_MS,
    );

  return {
    fleetBy(label) {
      const known = byLabel.get(label);
      if (known !== undefined) return known();
      if (byLabel.size >= LABELS_SHARED) byLabel.clear();
      const shared = labelled(label);
      byLabel.set(label, shared);
      return shared();
    },
    pipeline: shareAnswer(
      () =>
        read(async (connection) => ({
          stats: await readLogStats(connection, STATE_GROUP),
          ingests: await readIntakeProcesses(connection, INGEST_SHOWN_SECONDS),
          silences: await readSourceSilences(connection, Date.now() - SILENCES_SHOWN_MS),
        })),
      SHARED_MS,
    ),
    fleet: shareAnswer(async () => {
      const { counts, intake, healths } = await read(async (connection) => ({
        counts: await readFleetCounts(connection),
        healths: await readHealthCounts(connection),
        intake: await readIntakeMoment(connection),
      }));
      const down = pathsUnheard(intake);
      if (down.length === 0) return { counts, intake, healths, ofPathsDown: undefined };
      const everyPath = down.length === intake.acceptedAt.size;
      const ofPathsDown = everyPath ? counts : await countShared(down.map(sourceOfPath));
      return { counts, intake, healths, ofPathsDown };
    }, SHARED_MS),
    devices: ({ offset, limit, recentFirst }) =>
      read(async (connection) => {
        const intake = await readIntakeMoment(connection);
        const total = Object.values(await readFleetCounts(connection)).reduce((sum, count) => sum + count, 0);
        const page = { offset, limit };
        if (!recentFirst) return { intake, total, devices: await listDevices(connection, page) };
        const devices =
          total <= SORTED_DEVICES
            ? await listDevicesByLastSeen(connection, page)
            : (await devicesOfNewestEvents(connection)).slice(offset, offset + limit);
        return { intake, total, devices };
      }),
    device: (serialNumber) =>
      read(async (connection) => {
        const intake = await readIntakeMoment(connection);
        const devices = await findDevices(connection, [serialNumber]);
        return { intake, total: devices.length, devices };
      }),
  };
}

async function devicesOfNewestEvents(connection: Connection): Promise<DeviceSummary[]> {
  return findDevices(connection, await readRecentSerialNumbers(connection));
}
