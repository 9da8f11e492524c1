import type { Connection } from '@cpemon/database';
import {
  ALERT_FEED_LANE,
  addChanges,
  addToOutbox,
  eraseAlerts,
  moveAlertPositions,
  putAlert,
  removeAlerts,
  type AlertRow,
  type NewMessage,
} from '@cpemon/store';

/** Open alerts of devices; beyond them no new one is opened, which is counted. A rule that matches everybody fills it. */
export const MOST_DEVICE_ALERTS = 20_000;

/** The alerts that are open, as the evaluator's next transaction will leave them. */
export interface AlertBook {
  /** Those that have ended first: what they held back is looked at after them. */
  all(): Iterable<AlertRow>;
  find(openKey: string): AlertRow | undefined;
  ofDevice(deviceId: number): readonly AlertRow[];
  /** @returns false when there is no room for one more */
  add(alert: AlertRow): boolean;
  /** Writes down that an alert has changed. */
  touch(alert: AlertRow): void;
  /** One that has never been: pending, and its condition is gone. */
  discard(alert: AlertRow): void;
  /** A device that was erased: what is known of it goes, and nobody is told that anything is over. */
  erase(deviceId: number): void;
  tell(make: (alert: AlertRow) => NewMessage[], alert: AlertRow): void;
  send(message: NewMessage[]): void;
  /** Whether there is anything to be written. */
  isDirty(): boolean;
  /** Writes what has changed, and the positions up to which changes were read. @param at the database's time, epoch ms */
  write(transaction: Connection, positions: ReadonlyMap<number, number>, at: number): Promise<void>;
  /** Forgets what needs no more looking after: to be called once it is committed. */
  settle(): void;
}

const NOBODY: readonly AlertRow[] = [];

export function createAlertBook(stored: readonly AlertRow[]): AlertBook {
  const byKey = new Map<string, AlertRow>();
  const byDevice = new Map<number, AlertRow[]>();
  const closed = new Set<AlertRow>();
  const dirty = new Set<AlertRow>();
  const discarded: number[] = [];
  const erased = { deviceIds: new Set<number>(), alertIds: [] as number[] };
  const told: { make: (alert: AlertRow) => NewMessage[]; alert: AlertRow }[] = [];
  const messages: NewMessage[] = [];
  /** State of each alert as it is stored, so that its changes can be told. */
  const known = new Map<AlertRow, AlertRow['state']>();
  let devices = 0;

  const enter = (alert: AlertRow): void => {
    if (alert.state === 'resolved') {
      closed.add(alert);
      return;
    }
    byKey.set(alert.openKey, alert);
    if (alert.kind !== 'device') return;
    devices += 1;
    const others = byDevice.get(alert.deviceId);
    if (others === undefined) byDevice.set(alert.deviceId, [alert]);
    else others.push(alert);
  };
  const leave = (alert: AlertRow): void => {
    if (byKey.get(alert.openKey) !== alert) return;
    byKey.delete(alert.openKey);
    if (alert.kind !== 'device') return;
    devices -= 1;
    const others = (byDevice.get(alert.deviceId) ?? []).filter((other) => other !== alert);
    if (others.length === 0) byDevice.delete(alert.deviceId);
    else byDevice.set(alert.deviceId, others);
  };
  for (const alert of stored) {
    enter(alert);
    known.set(alert, alert.state);
  }

  return {
    *all() {
      yield* closed;
      yield* byKey.values();
    },
    find: (openKey) => byKey.get(openKey),
    ofDevice: (deviceId) => byDevice.get(deviceId) ?? NOBODY,
    add(alert) {
      if (alert.kind === 'device' && devices >= MOST_DEVICE_ALERTS) return false;
      enter(alert);
      dirty.add(alert);
      return true;
    },
    touch(alert) {
      dirty.add(alert);
      if (alert.state !== 'resolved' || closed.has(alert)) return;
      leave(alert);
      closed.add(alert);
    },
    discard(alert) {
      leave(alert);
      dirty.delete(alert);
      known.delete(alert);
      if (alert.alertId !== 0) discarded.push(alert.alertId);
    },
    erase(deviceId) {
      const closedOnes = [...closed].filter((alert) => alert.deviceId === deviceId);
      for (const alert of [...closedOnes, ...(byDevice.get(deviceId) ?? [])]) {
        leave(alert);
        closed.delete(alert);
        dirty.delete(alert);
        known.delete(alert);
        if (alert.alertId !== 0) erased.alertIds.push(alert.alertId);
      }
      erased.deviceIds.add(deviceId);
    },
    tell: (make, alert) => void told.push({ make, alert }),
    send: (message) => void messages.push(...message),
    isDirty: () => dirty.size + discarded.length + erased.deviceIds.size + messages.length > 0,
    async write(transaction, positions, at) {
      await removeAlerts(transaction, discarded);
      if (erased.deviceIds.size > 0) await eraseAlerts(transaction, [...erased.deviceIds], erased.alertIds);
      // Those that end first: their keys are free for those that begin.
      const inOrder = [...dirty].sort((one, other) => Number(isOpen(one)) - Number(isOpen(other)));
      for (const alert of inOrder) alert.alertId = await putAlert(transaction, alert);
      await addChanges(
        transaction,
        inOrder
          .filter((alert) => alert.state !== 'pending' && known.get(alert) !== alert.state)
          .map((alert) => ({
            ...{ lane: ALERT_FEED_LANE, deviceId: alert.deviceId, kind: 'alert' },
            at: alert.endedAt ?? alert.startedAt,
            data: changeOf(alert),
          })),
      );
      const all = [...told.flatMap(({ make, alert }) => make(alert)), ...messages];
      if (all.length > 0) await addToOutbox(transaction, all, at);
      await moveAlertPositions(transaction, positions);
    },
    settle() {
      for (const alert of dirty) known.set(alert, alert.state);
      dirty.clear();
      discarded.length = told.length = messages.length = erased.alertIds.length = 0;
      erased.deviceIds.clear();
      for (const alert of closed) {
        if (alert.notification === 'digest') continue;
        closed.delete(alert);
        known.delete(alert);
      }
    },
  };
}

const isOpen = ({ state }: AlertRow): boolean => state !== 'resolved';

const changeOf = (alert: AlertRow): object => ({
  ...{ alert: alert.alertId, state: alert.state, kind: alert.kind, rule: alert.rule },
  ...{ severity: alert.severity, summary: alert.summary, cause: alert.cause },
  ...(alert.kind === 'device'
    ? { sn: alert.serialNumber }
    : { group: { label: alert.groupLabel, value: alert.groupValue } }),
});

/** A new alert that is not stored yet. */
export function newAlert(
  given: Pick<AlertRow, 'openKey' | 'rule' | 'kind' | 'severity' | 'summary' | 'startedAt'> &
    Partial<AlertRow>,
  at: number,
): AlertRow {
  return {
    ...{
      alertId: 0,
      state: 'pending',
      deviceId: 0,
      serialNumber: '',
      lane: 0,
      groupLabel: '',
      groupValue: '',
    },
    ...{ labels: {}, endedAt: null, pendingAt: at, firedAt: null, clearSince: null, resolvedAt: null },
    ...{ cause: 'unknown', evidence: {}, missing: 0, due: 0, members: 0, mostMissing: 0, deviceSeconds: 0 },
    ...{ parentId: null, quiet: '', notification: 'none', notifiedAt: null, endNotifiedAt: null },
    ...given,
  };
}
