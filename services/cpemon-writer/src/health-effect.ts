import type { Connection } from '@cpemon/database';
import type { ConditionChange, Health, HealthChange, TimelineEntry } from '@cpemon/domain';
import {
  healthCountCode,
  moveHealthCounts,
  ofHealthCountCode,
  putConditions,
  removeConditions,
  removeEveryCondition,
  type DeviceConditionRow,
  type HealthCountDelta,
} from '@cpemon/store';
import type { CachedDevice } from './cached-device.js';

/** How many devices more, or less, of each health some batches leave; by lane. */
export interface HealthMoves {
  /** Notes how a device is counted from now on. */
  note(lane: number, device: CachedDevice): void;
  deltas(): HealthCountDelta[];
}

export function createHealthMoves(): HealthMoves {
  /** By lane, then by the code of the count. */
  const lanes = new Map<number, Map<number, number>>();
  const move = (lane: number, code: number, by: number): void => {
    let ofLane = lanes.get(lane);
    if (ofLane === undefined) lanes.set(lane, (ofLane = new Map<number, number>()));
    ofLane.set(code, (ofLane.get(code) ?? 0) + by);
  };
  return {
    note(lane, device) {
      const code = healthCountCode(device.record.reachability, device.record.health);
      if (code === device.healthCounted) return;
      move(lane, device.healthCounted, -1);
      move(lane, code, 1);
      device.healthCounted = code;
    },
    deltas() {
      const deltas: HealthCountDelta[] = [];
      for (const [lane, ofLane] of lanes) {
        for (const [code, devices] of ofLane) {
          const counted = ofHealthCountCode(code);
          if (counted !== undefined && devices !== 0) deltas.push({ lane, ...counted, devices });
        }
      }
      return deltas;
    },
  };
}

/** Writes what the rules found: conditions that are open now, those that are over, and the counts. */
export async function writeHealth(
  transaction: Connection,
  { timeline, health }: { timeline: readonly TimelineEntry[]; health: HealthMoves },
): Promise<void> {
  const last = new Map<string, TimelineEntry>();
  const healths = new Map<number, Health>();
  for (const entry of timeline) {
    if (entry.kind === 'health') healths.set(entry.record.deviceId, (entry.data as HealthChange).to);
    if (entry.kind !== 'condition') continue;
    last.set(`${entry.record.deviceId}/${(entry.data as ConditionChange).rule}`, entry);
  }
  const opened: DeviceConditionRow[] = [];
  const closed: Pick<DeviceConditionRow, 'deviceId' | 'rule'>[] = [];
  for (const { record, data } of last.values()) {
    const change = data as ConditionChange;
    if (change.state === 'opened') opened.push(rowOf(record.deviceId, change));
    else closed.push({ deviceId: record.deviceId, rule: change.rule });
  }
  const well = [...healths].flatMap(([deviceId, health]) => (health === 'ok' ? [deviceId] : []));
  if (well.length > 0) await removeEveryCondition(transaction, well);
  if (closed.length > 0) await removeConditions(transaction, closed);
  if (opened.length > 0) await putConditions(transaction, opened);
  await moveHealthCounts(transaction, health.deltas());
}

const rowOf = (deviceId: number, change: ConditionChange): DeviceConditionRow => ({
  ...{ deviceId, rule: change.rule, severity: change.severity },
  ...{ since: Date.parse(change.since), openedAt: Date.parse(change.opened_at) },
  ...{ metric: change.metric ?? '', value: change.value ?? null, text: change.text },
});
