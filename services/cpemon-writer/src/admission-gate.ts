import {
  admitsAnyone,
  identityOf,
  isExpected,
  isPlaceholderSerial,
  matchIdentity,
  quarantineReason,
  wayInOf,
  type AdmissionRules,
  type DeviceIdentity,
} from '@cpemon/domain';
import type { LaneBatch, LoggedEvent } from '@cpemon/event-log';
import {
  countLanes,
  countNewDevices,
  countQuarantined,
  findExpected,
  findQuarantined,
  findRebuilt,
  type QuarantinedIdentity,
} from '@cpemon/store';
import type { BatchSlice } from './batch-slices.js';
import type { CachedDevice } from './cached-device.js';
import type { LaneMemory } from './lane-memory.js';
import type { ReadDatabase } from './read-database.js';

/** Decides for the batches of one `prepare` who becomes a device. */
export interface AdmissionGate {
  /** Reads what must be known of a slice's events. @param devices those known by each event's serial number */
  load(
    slice: BatchSlice,
    devices: readonly CachedDevice[][][],
    memoryOf: (batch: LaneBatch) => LaneMemory,
  ): Promise<void>;
  /** Whether an identity that is no device becomes one; else its event is counted in quarantine. */
  admits(batch: LaneBatch, memory: LaneMemory, logged: LoggedEvent): boolean;
  /** Rows for quarantined_identities: `events` says how many more. */
  quarantined(): QuarantinedIdentity[];
  /** The batches are committed. */
  committed(): void;
}

/** Identities that are kept in quarantine; beyond, events are counted and nothing is kept of who sent them. */
const MOST_QUARANTINED = 1_000_000;
const RECOUNT_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOURS_REMEMBERED = 4;

/** @returns what makes a gate for each `prepare`; it makes none where anyone is admitted */
export function createAdmission(
  read: ReadDatabase,
  rules: AdmissionRules,
): () => Promise<AdmissionGate | undefined> {
  if (admitsAnyone(rules)) return () => Promise.resolve(undefined);
  let countedAt = -Infinity;
  let full = false;
  return async () => {
    if (performance.now() - countedAt > RECOUNT_MS) {
      const { waiting, released } = await read(countQuarantined);
      full = waiting + released >= MOST_QUARANTINED;
      countedAt = performance.now();
    }
    return newGate(read, rules, full);
  };
}

interface SerialFacts {
  quarantined: QuarantinedIdentity[];
  expected: DeviceIdentity[];
  rebuilt: DeviceIdentity[];
}

function newGate(read: ReadDatabase, rules: AdmissionRules, full: boolean): AdmissionGate {
  const facts = new Map<string, SerialFacts>();
  const rows = new Map<QuarantinedIdentity, QuarantinedIdentity>();
  const added: { memory: LaneMemory; serialNumber: string }[] = [];

  const loadSerials = async (serialNumbers: readonly string[]): Promise<void> => {
    const found = await read(async (connection) => ({
      quarantined: await findQuarantined(connection, serialNumbers),
      expected: rules.mode === 'inventory' ? await findExpected(connection, serialNumbers) : [],
      rebuilt: await findRebuilt(connection, serialNumbers),
    }));
    for (const serialNumber of serialNumbers)
      facts.set(serialNumber, { quarantined: [], expected: [], rebuilt: [] });
    for (const kind of ['quarantined', 'expected', 'rebuilt'] as const) {
      for (const row of found[kind])
        (facts.get(row.serialNumber)?.[kind] as DeviceIdentity[] | undefined)?.push(row);
    }
  };

  const loadHour = async (batch: LaneBatch, { admission }: LaneMemory, hour: number): Promise<void> => {
    if (rules.newDevicesPerHour === 0 || admission.newDevices.has(hour)) return;
    admission.newDevices.set(hour, await read((connection) => countNewDevices(connection, batch, hour)));
    for (const oldest of admission.newDevices.keys()) {
      if (admission.newDevices.size <= HOURS_REMEMBERED) break;
      admission.newDevices.delete(oldest);
    }
    admission.lanes = await read((connection) => countLanes(connection, batch.generation));
  };

  const countNew = ({ admission }: LaneMemory, { event, receivedAt }: LoggedEvent): void => {
    const ofHour = admission.newDevices.get(hourOf(receivedAt));
    const wayIn = wayInOf(event.source);
    ofHour?.set(wayIn, (ofHour.get(wayIn) ?? 0) + 1);
  };

  const note = (
    identity: QuarantinedIdentity,
    batch: LaneBatch,
    { sequence, receivedAt }: LoggedEvent,
  ): void => {
    const { generation } = batch;
    const isCounted =
      generation < identity.generation ||
      (generation === identity.generation && sequence <= identity.lastSequence);
    if (isCounted) return;
    identity.generation = generation;
    identity.lastSequence = sequence;
    const row = rows.get(identity) ?? { ...identity, events: 0, firstAt: receivedAt };
    row.events += 1;
    row.lastAt = receivedAt;
    row.generation = generation;
    row.lastSequence = sequence;
    rows.set(identity, row);
  };

  return {
    async load(slice, devices, memoryOf) {
      const unknown = new Set<string>();
      for (const [part, { batch, events }] of slice.entries()) {
        const memory = memoryOf(batch);
        for (const [index, { event, receivedAt }] of events.entries()) {
          if (isSettled(devices[part]![index]!, identityOf(event))) continue;
          if (!facts.has(event.subject)) unknown.add(event.subject);
          await loadHour(batch, memory, hourOf(receivedAt));
        }
      }
      if (unknown.size > 0) await loadSerials([...unknown]);
    },
    admits(batch, memory, logged) {
      const { event, receivedAt } = logged;
      const identity = identityOf(event);
      const { quarantined, expected, rebuilt } = facts.get(event.subject)!;
      const pending = memory.admission.pending.get(event.subject) ?? [];
      const kept = matchIdentity([...quarantined, ...pending], identity);
      if (kept !== undefined && (kept.releasedAt === null || receivedAt < kept.releasedAt)) {
        note(kept, batch, logged);
        return false;
      }
      if (kept === undefined && matchIdentity(rebuilt, identity) === undefined) {
        const { newDevices, lanes } = memory.admission;
        const newThisHour = newDevices.get(hourOf(receivedAt))?.get(wayInOf(event.source)) ?? 0;
        const isNamed = isExpected(expected, identity);
        const reason = quarantineReason(rules, { expected: isNamed, newThisHour, lanes });
        if (reason !== null) {
          if (full) return false;
          const position = { generation: 0, lastSequence: 0 };
          const times = { firstAt: receivedAt, lastAt: receivedAt, releasedAt: null, releasedBy: null };
          const row = { ...identity, reason, source: event.source, events: 0, ...position, ...times };
          memory.admission.pending.set(event.subject, [...pending, row]);
          added.push({ memory, serialNumber: event.subject });
          note(row, batch, logged);
          return false;
        }
      }
      countNew(memory, logged);
      return true;
    },
    quarantined: () => [...rows.values()],
    committed() {
      for (const { memory, serialNumber } of added) memory.admission.pending.delete(serialNumber);
    },
  };
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** Whether an identity means a device that is there, whatever other events of the batch make of its namesakes. */
function isSettled(
  known: readonly CachedDevice[],
  { serialNumber, oui, productClass }: DeviceIdentity,
): boolean {
  if (oui === '' && productClass === '' && !isPlaceholderSerial(serialNumber)) return known.length === 1;
  return known.some(({ record }) => record.oui === oui && record.productClass === productClass);
}
