import { advanceAlert, causeOf, type AlertSettings } from '@cpemon/alerts';
import type { SingleConnection } from '@cpemon/database';
import {
  ALERT_FEED_LANE,
  readAlertPositions,
  readChanges,
  readFeedHeads,
  readLanesBehind,
  readObservationsOf,
  readOpenAlerts,
  readSentTimes,
  readTroubledDeviceIds,
  type AlertRow,
  type Change,
} from '@cpemon/store';
import { createAlertBook, type AlertBook } from './alert-book.js';
import { reconcileDevices, toleranceOf, touchedBy } from './device-alerts.js';
import { createFailingDevices, type FailingDevices } from './failing-devices.js';
import { createFirmwareAlerts } from './firmware-alerts.js';
import { createGroupAlerts } from './group-alerts.js';
import { createLabelCache } from './label-cache.js';
import { createNotifier } from './notifications.js';
import { judgeSources } from './source-alerts.js';
import { tellAlerts } from './tell-alerts.js';

export interface EvaluatorOptions {
  /** Outside any transaction. */
  connection: SingleConnection;
  /** One transaction that proves that this evaluator is the only one. */
  transact: <T>(work: (transaction: SingleConnection) => Promise<T>) => Promise<T>;
  settings: () => AlertSettings;
  observer?: EvaluatorObserver;
  /** 0 to 1. */
  random?: () => number;
  /** What the time is, given the database's, epoch ms; absent: that. */
  clock?: (databaseTime: number) => number;
}

export interface EvaluatorObserver {
  /** An alert is told by itself, or waits for the digest. */
  notified?(outcome: 'sent' | 'digest'): void;
  /** Alerts that found no room. */
  dropped?(alerts: number): void;
  /** Changes that were gone before they were read; the fleet is looked through instead. */
  lostPlace?(): void;
  /** What is open now, and for how many lanes judgement waits. */
  evaluated?(now: { pending: number; firing: number; lanesBehind: number }): void;
}

/** Decides what is an alert and whom to tell. Only one works at a time. */
export interface Evaluator {
  /**
   * One look. What is remembered is void after an error: make another evaluator.
   * @returns whether there is more to do at once
   */
  step(): Promise<boolean>;
}

/** Changes read in one look. */
const CHANGES_A_LOOK = 5000;
/** Looked back at the start for what began to fail before, of each lane. */
const LOOKED_BACK_A_LANE = 5000;
/** Keys looked through in one step when the place in the feed was lost. */
const KEYS_A_STEP = 20_000;
/** What no change tells: a device was taken out of service, or has other labels. */
const OPEN_ALERTS_EVERY_MS = 60_000;
/** Silences of whole sources change seldom. */
const SOURCES_EVERY_MS = 5000;
/** How long before a device was missed its line may have told why. */
const EVIDENCE_BEFORE_MS = 3_600_000;

export async function createEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { connection, transact, observer = {}, random = Math.random, clock = (at: number) => at } = options;
  const book = createAlertBook(await readOpenAlerts(connection));
  const labels = createLabelCache();
  const groups = createGroupAlerts(random);
  const firmware = createFirmwareAlerts();
  let positions = await readAlertPositions(connection);
  const startedAt = clock((await readLanesBehind(connection)).at);
  const failing = await recoverFailing(connection, positions);
  const notifier = createNotifier({
    sentAt: await readSentTimes(connection, startedAt - 3_600_000),
    onNotified: (outcome) => observer.notified?.(outcome),
  });
  /** The key after which devices in trouble are still to be looked for; null: nothing was missed. */
  let lookThroughAfter: number | null = null;
  let sourcesAt = 0;
  let openAlertsAt = startedAt;
  let rules = options.settings().rules;

  return {
    async step() {
      const settings = options.settings();
      const { at: databaseTime, behind } = await readLanesBehind(connection);
      const at = clock(databaseTime);
      const read = await readChanges(
        connection,
        positions,
        CHANGES_A_LOOK,
        new Set([...behind, ALERT_FEED_LANE]),
      );
      if (read.lost.length > 0) {
        observer.lostPlace?.();
        lookThroughAfter = 0;
      }
      await labels.load(
        connection,
        read.changes.flatMap(({ labelSetId }) => labelSetId ?? []),
      );
      const moved = noteFailing(failing, read.changes, databaseTime);
      for (const { kind, deviceId } of read.changes) if (kind === 'erased') book.erase(deviceId);
      const touched = touchedBy(read.changes, book, settings, labels);
      if (settings.rules !== rules) {
        // What holds already is an alert by the new rules as well.
        rules = settings.rules;
        lookThroughAfter = 0;
      }
      if (at - openAlertsAt >= OPEN_ALERTS_EVERY_MS || read.lost.length > 0) {
        openAlertsAt = at;
        for (const { deviceId, lane } of book.all())
          if (deviceId !== 0 && !behind.has(lane) && !touched.has(deviceId))
            touched.set(deviceId, { mayOpen: false, at });
      }
      if (lookThroughAfter !== null) {
        const { deviceIds, next } = await readTroubledDeviceIds(connection, lookThroughAfter, KEYS_A_STEP);
        for (const deviceId of deviceIds) touched.set(deviceId, { mayOpen: true, at });
        lookThroughAfter = next;
      }
      const look = { book, settings, labels, at };
      const dropped = await reconcileDevices(connection, touched, look);
      if (dropped > 0) observer.dropped?.(dropped);
      if (at - sourcesAt >= SOURCES_EVERY_MS) {
        sourcesAt = at;
        await judgeSources(connection, book, at);
      }
      // Groups lie across lanes: while one is behind, what is missing may only be waiting.
      firmware.note(read.changes);
      if (behind.size === 0 && !read.more) {
        await groups.look(connection, moved, { ...look, settings: settings.groups, failing });
        await firmware.look(connection, { book, settings: settings.groups, at });
      }
      const asked = advanceDevices(book, settings, at, behind);
      await nameCauses(connection, asked);
      await tellAlerts(connection, { book, settings, notifier, at, behind });
      await commit(at, read.positions);
      positions = read.positions;
      observer.evaluated?.({ ...countStates(book), lanesBehind: behind.size });
      return read.more || lookThroughAfter !== null;
    },
  };

  async function commit(at: number, next: ReadonlyMap<number, number>): Promise<void> {
    const changed = new Map([...next].filter(([lane, position]) => positions.get(lane) !== position));
    if (changed.size === 0 && !book.isDirty()) return;
    await transact((transaction) => book.write(transaction, changed, at));
    book.settle();
  }
}

/** What failed in the last hour before the place up to which changes were read. */
async function recoverFailing(
  connection: SingleConnection,
  positions: ReadonlyMap<number, number>,
): Promise<FailingDevices> {
  const failing = createFailingDevices();
  const from = new Map(
    [...positions].map(([lane, position]) => [lane, Math.max(0, position - LOOKED_BACK_A_LANE)]),
  );
  if (from.size === 0) return failing;
  const others = new Set([...(await readFeedHeads(connection)).keys()].filter((lane) => !from.has(lane)));
  others.add(ALERT_FEED_LANE);
  const read = await readChanges(connection, from, LOOKED_BACK_A_LANE * from.size, others);
  const known = read.changes.filter(({ lane, position }) => position <= (positions.get(lane) ?? 0));
  known.sort((one, other) => one.madeAt - other.madeAt);
  for (const change of known) failing.note(change);
  return failing;
}

function noteFailing(failing: FailingDevices, changes: readonly Change[], at: number): boolean {
  failing.forgetBefore(at);
  let moved = false;
  for (const change of changes) if (failing.note(change)) moved = true;
  return moved;
}

/** Moves the alerts of devices on by the time that has passed. @returns those that have begun to fire */
function advanceDevices(
  book: AlertBook,
  settings: AlertSettings,
  at: number,
  behind: ReadonlySet<number>,
): AlertRow[] {
  const fired: AlertRow[] = [];
  for (const alert of [...book.all()]) {
    // Durations are of the time up to which the lane is applied.
    if (alert.kind !== 'device' || alert.state === 'resolved' || behind.has(alert.lane)) continue;
    const { isKnown, ...tolerance } = toleranceOf(settings, alert.rule);
    const gone = isKnown ? alert.clearSince : (alert.clearSince ?? at);
    const before = alert.state;
    const next = advanceAlert(alert, gone, at, tolerance);
    if (next === null) {
      book.discard(alert);
      continue;
    }
    if (next === alert) continue;
    Object.assign(alert, next);
    book.touch(alert);
    if (before === 'pending') fired.push(alert);
  }
  return fired;
}

/** What the access network told of devices whose alerts fire. */
async function nameCauses(connection: SingleConnection, fired: readonly AlertRow[]): Promise<void> {
  const offline = fired.filter(({ cause }) => cause === 'unknown');
  if (offline.length === 0) return;
  const since = Math.min(...offline.map(({ startedAt }) => startedAt)) - EVIDENCE_BEFORE_MS;
  const ids = [...new Set(offline.map(({ deviceId }) => deviceId))].sort((one, other) => one - other);
  const told = await readObservationsOf(connection, ids, since);
  for (const alert of offline) {
    const own = told.filter(
      ({ deviceId, at }) => deviceId === alert.deviceId && at >= alert.startedAt - EVIDENCE_BEFORE_MS,
    );
    const { cause, counts } = causeOf(own, 1);
    alert.cause = cause;
    if (counts.length > 0) alert.evidence = { ...alert.evidence, observations: counts };
  }
}

function countStates(book: AlertBook): { pending: number; firing: number } {
  const counts = { pending: 0, firing: 0 };
  for (const { state } of book.all()) if (state !== 'resolved') counts[state] += 1;
  return counts;
}
