import type { Connection } from '@cpemon/database';
import type { DeviceRecord, IdentityFinding, Reachability, TimelineEntry, Transition } from '@cpemon/domain';
import {
  FED_KINDS,
  addChanges,
  addDeviceEvents,
  addFreshChunks,
  addHeardSlots,
  addIdentityFindings,
  addQuarantined,
  createStateStatements,
  describeDevices,
  encodeDeviceState,
  moveFleetCounts,
  registerDevices,
  type DeviceRow,
  type FleetCountDelta,
  type HeardRow,
  type QuarantinedIdentity,
  type StateStatements,
} from '@cpemon/store';
import type { LaneRef } from '@cpemon/event-log';
import type { BatchSamples } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import { writeErasures, type BatchErasure } from './erase-from-batch.js';
import { createHealthMoves, writeHealth, type HealthMoves } from './health-effect.js';
import { othersTurn } from './others-turn.js';
import { readGroupsBefore, regroupFleet, type CommandedDevice, type MovedDevice } from './regroup-fleet.js';

/** Rows that are put into words without a pause. */
const ROWS_A_TURN = 300;

/** What some batches come to, as rows that are ready to be written. */
export interface BatchEffect {
  states: StateStatements;
  /** With the SQL of their states, which wait for their keys. */
  newDevices: (DeviceRow & { state: string })[];
  describedDevices: DeviceRow[];
  transitions: Transition[];
  timeline: TimelineEntry[];
  /** The lanes of the devices that transitions and timeline are of. */
  lanes: Map<DeviceRecord, number>;
  /** Of transitions and entries of the timeline that an event with a recorded trace brought about: that, as `traceparent`. */
  causes: Map<Transition | TimelineEntry, string>;
  findings: IdentityFinding[];
  quarantined: QuarantinedIdentity[];
  counts: FleetCountDelta[];
  /** Devices that may be counted otherwise than before, and what they are told by command. */
  moved: MovedDevice[];
  commanded: CommandedDevice[];
  health: HealthMoves;
  heard: HeardRow[];
  samples: BatchSamples[];
  erasures: BatchErasure[];
}

export const newBatchEffect = (): BatchEffect => ({
  states: createStateStatements(),
  newDevices: [],
  describedDevices: [],
  transitions: [],
  timeline: [],
  lanes: new Map(),
  causes: new Map(),
  findings: [],
  quarantined: [],
  counts: [],
  moved: [],
  commanded: [],
  health: createHealthMoves(),
  heard: [],
  samples: [],
  erasures: [],
});

/**
 * Adds a lane's part: one row a device, as it is now.
 * @param changed each device once; put in the order of the keys
 * @param identified those of `changed` whose identity has become more complete
 */
export async function addLaneEffect(
  effect: BatchEffect,
  lane: LaneRef,
  changed: CachedDevice[],
  identified: ReadonlySet<CachedDevice>,
  transitions: readonly Transition[],
): Promise<void> {
  changed.sort((a, b) => a.record.deviceId - b.record.deviceId);
  const turned = turnedBy(transitions);
  for (const [index, device] of changed.entries()) {
    if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await othersTurn();
    const { record } = device;
    effect.health.note(lane.lane, device);
    const { sql, swVersion, manufacturer, model } = encodeDeviceState(record, lane.generation, lane.lane);
    if (record.deviceId !== 0) effect.states.add(record.deviceId, sql);
    if (
      record.deviceId === 0 ||
      model !== device.model ||
      swVersion !== device.swVersion ||
      turned.has(record)
    ) {
      const { serialNumber, oui, productClass, reachability } = record;
      const identity = { serialNumber, oui, productClass };
      effect.moved.push({ lane: lane.lane, record, ...identity, reachability, model, firmware: swVersion });
      device.swVersion = swVersion;
    }
    const described =
      manufacturer !== device.manufacturer || model !== device.model || identified.has(device);
    if (record.deviceId !== 0 && !described) continue;
    device.manufacturer = manufacturer;
    device.model = model;
    const source = device.firstSource ?? record.sources[0]?.source ?? '';
    const { serialNumber, oui, productClass } = record;
    const identity = { serialNumber, oui, productClass };
    const place = { generation: lane.generation, lane: lane.lane };
    const row = { record, ...identity, manufacturer, model, source, ...place };
    if (record.deviceId === 0) effect.newDevices.push({ ...row, state: sql });
    else effect.describedDevices.push(row);
  }
  const deltas = new Map<Reachability, number>();
  for (const { from, to } of transitions) {
    if (from !== 'unknown') deltas.set(from, (deltas.get(from) ?? 0) - 1);
    deltas.set(to, (deltas.get(to) ?? 0) + 1);
  }
  for (const [reachability, devices] of deltas) {
    if (devices !== 0) effect.counts.push({ lane: lane.lane, reachability, devices });
  }
  for (const transition of transitions) {
    effect.transitions.push(transition);
    effect.lanes.set(transition.record, lane.lane);
  }
}

const NONE: ReadonlySet<DeviceRecord> = new Set();

const turnedBy = (transitions: readonly Transition[]): ReadonlySet<DeviceRecord> =>
  transitions.length === 0 ? NONE : new Set(transitions.map(({ record }) => record));

/** Writes an effect in as few statements as there are tables concerned. */
export async function writeBatchEffect(transaction: Connection, effect: BatchEffect): Promise<void> {
  await writeErasures(transaction, effect.erasures);
  // The batch before, not written yet when this one was prepared, may have registered some of them.
  const registered = effect.newDevices.filter(({ record }) => record.deviceId !== 0);
  const before = await readGroupsBefore(transaction, effect);
  const unregistered = effect.newDevices.filter(({ record }) => record.deviceId === 0);
  // First what is there, which may leave an identity to a newcomer: a device whose identity has become complete.
  await describeDevices(transaction, [...registered, ...effect.describedDevices]);
  await registerDevices(transaction, unregistered);
  for (const { record, state } of effect.newDevices) effect.states.add(record.deviceId, state);
  await effect.states.write(transaction);
  // That a device is heard of for the first time is in its row of `devices`.
  const transitions = effect.transitions.filter(({ from }) => from !== 'unknown');
  const happened = [
    ...transitions.map((transition) => {
      const { record, from, to, at, reason } = transition;
      const what = { kind: 'reachability', identity: to, data: { from, to, reason } };
      return { record, deviceId: record.deviceId, at, ...what, traceparent: effect.causes.get(transition) };
    }),
    ...effect.timeline.map((entry) => ({
      ...{ ...entry, deviceId: entry.record.deviceId, traceparent: effect.causes.get(entry) },
    })),
  ];
  await addDeviceEvents(transaction, happened);
  await addIdentityFindings(
    transaction,
    effect.findings.map(({ device, other, ...finding }) => ({
      ...finding,
      deviceId: device.deviceId,
      otherId: other?.deviceId ?? 0,
    })),
  );
  await addQuarantined(transaction, effect.quarantined);
  await moveFleetCounts(transaction, effect.counts);
  await writeHealth(transaction, effect);
  const groups = await regroupFleet(transaction, effect, before);
  await addChanges(
    transaction,
    happened
      .filter(({ kind }) => FED_KINDS.has(kind))
      .map(({ record, deviceId, at, kind, data, traceparent }) => ({
        ...{ lane: effect.lanes.get(record) ?? 0, deviceId, at, kind, data, traceparent },
        labelSetId: groups.get(deviceId)?.labelSetId,
      })),
  );
  await addHeardSlots(transaction, effect.heard);
  await addFreshChunks(
    transaction,
    effect.samples.flatMap((samples) => samples.chunk() ?? []),
  );
}
