import { matches, type AlertLabels, type AlertSettings, type DeviceAlertRule } from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import {
  readAlertDevices,
  readConditionsOf,
  readErasedAmong,
  type AlertDevice,
  type AlertRow,
  type Change,
  type OpenCondition,
} from '@cpemon/store';
import { newAlert, type AlertBook } from './alert-book.js';
import type { LabelCache } from './label-cache.js';

/** Devices that are to be looked at, and whether what is found may open an alert. */
export type TouchedDevices = Map<
  number,
  {
    mayOpen: boolean;
    at: number;
    /** The trace of the last event that changed it; absent: none that is recorded. */
    traceparent?: string | null | undefined;
  }
>;

/** Devices that changes concern: those that may have an alert by some rule, and those that have one. */
export function touchedBy(
  changes: readonly Change[],
  book: AlertBook,
  settings: AlertSettings,
  labels: LabelCache,
): TouchedDevices {
  const touched: TouchedDevices = new Map();
  for (const { deviceId, kind, data, news, at, labelSetId, traceparent } of changes) {
    if (deviceId === 0) continue;
    const opens =
      news &&
      ((kind === 'reachability' && data['to'] === 'offline') ||
        (kind === 'condition' && data['state'] === 'opened'));
    const mayOpen =
      opens &&
      settings.rules.some(
        (rule) =>
          (rule.on === 'offline') === (kind === 'reachability') &&
          (labelSetId === null || mayMatch(rule, labels.labels(labelSetId))),
      );
    if (!mayOpen && book.ofDevice(deviceId).length === 0) continue;
    const known = touched.get(deviceId);
    touched.set(deviceId, {
      ...{ mayOpen: mayOpen || known?.mayOpen === true, at: Math.max(at, known?.at ?? 0) },
      traceparent: traceparent ?? known?.traceparent,
    });
  }
  return touched;
}

/** What the device says of itself is not known yet. */
const OWN_NAMES: ReadonlySet<string> = new Set(['model', 'firmware', 'sn']);

function mayMatch({ match }: DeviceAlertRule, labels: AlertLabels): boolean {
  return matches(Object.fromEntries(Object.entries(match).filter(([name]) => !OWN_NAMES.has(name))), labels);
}

/**
 * Brings the alerts of devices in line with how the devices are now: what was and is over by now opens none.
 * @returns how many found no room
 */
export async function reconcileDevices(
  connection: Connection,
  touched: TouchedDevices,
  {
    book,
    settings,
    labels,
    at,
  }: { book: AlertBook; settings: AlertSettings; labels: LabelCache; at: number },
): Promise<number> {
  if (touched.size === 0) return 0;
  const deviceIds = [...touched.keys()].sort((one, other) => one - other);
  const devices = await readAlertDevices(connection, deviceIds);
  await labels.load(
    connection,
    devices.map(({ labelSetId }) => labelSetId),
  );
  const conditions = new Map<number, OpenCondition[]>();
  if (settings.rules.some(({ on }) => on === 'condition')) {
    for (const condition of await readConditionsOf(connection, deviceIds))
      conditions.set(condition.deviceId, [...(conditions.get(condition.deviceId) ?? []), condition]);
  }
  let noRoom = 0;
  for (const device of devices) {
    const { mayOpen, at: changedAt, traceparent = null } = touched.get(device.deviceId)!;
    const own = labelsOfDevice(device, labels);
    const wanted =
      device.adminState === 'in_service'
        ? settings.rules.flatMap((rule) =>
            alertsOf(rule, device, own, conditions.get(device.deviceId) ?? [], at),
          )
        : [];
    const held = new Set<AlertRow>();
    for (const alert of wanted) {
      const known = book.find(alert.openKey);
      if (known === undefined) {
        if (mayOpen && !book.add({ ...alert, traceparent })) noRoom += 1;
        continue;
      }
      held.add(known);
      stillHolds(known, alert, book);
    }
    for (const alert of [...book.ofDevice(device.deviceId)]) {
      // What nobody can judge is neither so nor over.
      if (held.has(alert) || alert.alertId === 0 || device.reachability === 'unknown') continue;
      isOver(
        alert,
        device.reachability === 'online' ? Math.max(device.since, alert.startedAt) : changedAt,
        book,
        traceparent,
      );
    }
  }
  // Devices that there are no more.
  const there = new Set(devices.map(({ deviceId }) => deviceId));
  const gone = deviceIds.filter((deviceId) => !there.has(deviceId) && book.ofDevice(deviceId).length > 0);
  const erased = await readErasedAmong(connection, gone);
  for (const deviceId of gone) {
    if (erased.has(deviceId)) book.erase(deviceId);
    else for (const alert of [...book.ofDevice(deviceId)]) isOver(alert, at, book);
  }
  return noRoom;
}

function stillHolds(known: AlertRow, found: AlertRow, book: AlertBook): void {
  const begunAgain = known.state === 'pending' && found.startedAt !== known.startedAt;
  if (known.clearSince === null && !begunAgain && known.severity === found.severity) return;
  known.clearSince = null;
  known.severity = found.severity;
  if (begunAgain) known.startedAt = found.startedAt;
  book.touch(known);
}

function isOver(alert: AlertRow, since: number, book: AlertBook, traceparent: string | null = null): void {
  if (alert.state === 'pending') book.discard(alert);
  else if (alert.clearSince === null) {
    alert.clearSince = Math.max(since, alert.startedAt);
    alert.traceparent = traceparent;
    book.touch(alert);
  }
}

function labelsOfDevice(
  { labelSetId, model, firmware, serialNumber }: AlertDevice,
  labels: LabelCache,
): AlertLabels {
  return {
    ...labels.labels(labelSetId),
    ...(model === null ? {} : { model }),
    ...(firmware === null ? {} : { firmware }),
    sn: serialNumber,
  };
}

function alertsOf(
  rule: DeviceAlertRule,
  device: AlertDevice,
  labels: AlertLabels,
  conditions: readonly OpenCondition[],
  at: number,
): AlertRow[] {
  if (!matches(rule.match, labels)) return [];
  const { deviceId, serialNumber, lane } = device;
  const common = { rule: rule.name, kind: 'device', deviceId, serialNumber, lane, labels } as const;
  if (rule.on === 'offline') {
    if (device.reachability !== 'offline') return [];
    const summary = `${serialNumber} is offline: ${device.reason}`;
    const openKey = `${rule.name}:${deviceId}`;
    const { severity } = rule;
    const startedAt = Math.min(device.since, at);
    return [newAlert({ ...common, openKey, severity, summary, startedAt }, at)];
  }
  return conditions
    .filter((one) => rule.severities.includes(one.severity))
    .filter((one) => rule.conditions.length === 0 || rule.conditions.includes(one.rule))
    .map((condition) => {
      const openKey = `${rule.name}:${deviceId}:${condition.rule}`;
      const summary = `${serialNumber}: ${condition.text}`;
      const startedAt = Math.min(condition.since, at);
      const evidence = { condition: condition.rule };
      const told = { openKey, summary, startedAt, severity: condition.severity, evidence };
      return newAlert({ ...common, ...told, cause: 'condition' }, at);
    });
}

/** Rules by name; a rule that there is no more lets its alerts end. */
export function toleranceOf(
  settings: AlertSettings,
  rule: string,
): { forMs: number; recoveryMs: number; isKnown: boolean } {
  const found = settings.rules.find(({ name }) => name === rule);
  return found === undefined
    ? { forMs: 0, recoveryMs: 0, isKnown: false }
    : { forMs: found.forMs, recoveryMs: found.recoveryMs, isKnown: true };
}
