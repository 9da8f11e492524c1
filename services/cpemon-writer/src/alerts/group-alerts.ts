import {
  advanceAlert,
  causeOf,
  explainFailure,
  groupText,
  isSuspect,
  shareOf,
  type GroupFigures,
  type GroupKey,
  type GroupSettings,
  type Suspect,
} from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import { readObservationsOf, type AlertRow } from '@cpemon/store';
import { createHash } from 'node:crypto';
import { newAlert, type AlertBook } from './alert-book.js';
import type { FailingDevices, FailingSample } from './failing-devices.js';
import { createGroupFigureReader, type GroupFigureReader } from './group-figures.js';
import type { LabelCache } from './label-cache.js';

export interface GroupAlerts {
  /**
   * Raises suspicions, decides those that are due, and follows the alarms that are on.
   * @param changed whether devices have begun or ceased to fail since the last look
   */
  look(connection: Connection, changed: boolean, given: GroupLook): Promise<void>;
}

export interface GroupLook {
  book: AlertBook;
  settings: GroupSettings;
  labels: LabelCache;
  failing: FailingDevices;
  /** Database time, epoch ms. */
  at: number;
}

const RULE = 'group';
/** What is decided is decided again, and alarms that are on are counted anew, this often. */
const LOOK_AGAIN_MS = 10_000;
/** The groups with the most failing devices; when more fail at once, something larger does. */
const MOST_SUSPECTS = 300;
/** Devices asked for observations: whether 30 % have one shows in a sample. */
const ASKED_FOR_EVIDENCE = 200;
/** An access network tells of a failure before the devices' reports are missed, but not long before. */
const EVIDENCE_BEFORE_MS = 10 * 60_000;
const EVIDENCE_FOR_MS = 30 * 60_000;
const RELATED_SHOWN = 20;
/** Of the last signs of life of what failed so many lie before the start: a device that comes and goes is left out. */
const START_QUANTILE = 0.95;
/** Decided, and no alarm: its members hold their alerts no longer. */
export const NO_GROUP = 'no_group';

/** `members` are those that were heard before; `kept` are all that are in service. */
type KnownSuspect = Suspect & { text: string; failing: number; kept: number };

export function createGroupAlerts(random: () => number): GroupAlerts {
  let decidedAt = 0;
  let followedAt = 0;
  /** Up to when the device time of an alarm is counted; of one that another evaluator raised from the first look on. */
  const countedUntil = new WeakMap<AlertRow, number>();
  return {
    async look(connection, changed, given) {
      const { book, settings, labels, failing, at } = given;
      const alarms = [...book.all()].filter((alert) => alert.rule === RULE && alert.state !== 'resolved');
      const pending = alarms.filter(({ state }) => state === 'pending');
      const reader = createGroupFigureReader(connection, {
        ...{ labels, groupLabels: settings.labels, random, at },
      });
      const isDue =
        pending.some(({ pendingAt }) => at - pendingAt >= settings.holdMs) && isTime(decidedAt, at);
      if ((changed && failing.size() >= settings.members) || pending.length > 0) {
        const sample = await failing.look(connection, labels, settings.labels);
        const suspects = await suspectsOf(sample, reader, settings);
        noteSuspicions(given, suspects, sample);
        if (isDue) {
          decidedAt = at;
          await decide(connection, given, suspects, sample, reader);
          for (const alarm of pending) if (alarm.state === 'firing') countedUntil.set(alarm, at);
        }
      }
      const on = alarms.filter(({ state }) => state === 'firing');
      if (on.length > 0 && isTime(followedAt, at)) {
        followedAt = at;
        for (const alarm of on) {
          const seconds = (at - (countedUntil.get(alarm) ?? at)) / 1000;
          countedUntil.set(alarm, at);
          await follow(connection, given, alarm, reader, seconds);
        }
      }
    },
  };
}

/** Also after the clock was set back. */
const isTime = (last: number, at: number): boolean => at - last >= LOOK_AGAIN_MS || at < last;

/** Kept counts raise suspicion: what fails, against what did not lie before. Dormant devices cannot fail. */
async function suspectsOf(
  { counts }: FailingSample,
  reader: GroupFigureReader,
  settings: GroupSettings,
): Promise<KnownSuspect[]> {
  const candidates = [...counts]
    .filter(([, { devices }]) => devices >= settings.members)
    .sort(([, one], [, other]) => other.devices - one.devices)
    .slice(0, MOST_SUSPECTS);
  if (candidates.length === 0) return [];
  const members = await reader.members(candidates.map(([, { key }]) => key));
  return candidates
    .map(([text, { key, devices }]) => {
      const { members: kept, offline } = members.get(text) ?? { members: 0, offline: 0 };
      return { text, key, failing: devices, members: Math.max(devices, kept - offline + devices), kept };
    })
    .filter((one) => isSuspect(one.failing, one.members, settings));
}

const openKeyOf = (text: string): string =>
  `${RULE}:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;

function noteSuspicions(
  { book, settings, at }: GroupLook,
  suspects: readonly KnownSuspect[],
  sample: FailingSample,
): void {
  const now = new Set(suspects.map(({ text }) => openKeyOf(text)));
  for (const alert of [...book.all()])
    if (alert.rule === RULE && alert.state === 'pending' && !now.has(alert.openKey)) book.discard(alert);
  for (const { text, key, failing, members } of suspects) {
    const openKey = openKeyOf(text);
    if (book.find(openKey) !== undefined) continue;
    const summary = `${nameOf(key)}: ${failing} of ${members} devices went offline; being looked at`;
    const labels = { [key.label]: key.value };
    const told = { rule: RULE, kind: 'group', severity: 'critical', summary, labels } as const;
    const group = { groupLabel: key.label, groupValue: key.value };
    const startedAt = Math.min(startOf(text, sample) ?? at, at);
    book.add(newAlert({ ...told, ...group, openKey, startedAt, evidence: { hold_ms: settings.holdMs } }, at));
  }
}

/** After which almost nobody of those that fail was heard any more. */
function startOf(text: string, { devices }: FailingSample): number | undefined {
  const heard = devices
    .filter(({ groups }) => groups.includes(text))
    .map(({ facts }) => facts.lastSeenAt)
    .sort((one, other) => one - other);
  return heard[Math.min(heard.length - 1, Math.floor(heard.length * START_QUANTILE))];
}

async function decide(
  connection: Connection,
  given: GroupLook,
  suspects: readonly KnownSuspect[],
  sample: FailingSample,
  reader: GroupFigureReader,
): Promise<void> {
  const { book, settings, at } = given;
  const alertOf = ({ text }: KnownSuspect): AlertRow | undefined => book.find(openKeyOf(text));
  const starts = new Map(suspects.map((one) => [one, startOf(one.text, sample) ?? at]));
  const verdicts = await explainFailure(suspects, sample.missing, settings, (suspect) => {
    const alert = alertOf(suspect);
    const since = alert?.state === 'firing' ? alert.startedAt : starts.get(suspect)!;
    return reader.figures(suspect.key, suspect.kept, since);
  });
  const explained = new Map<AlertRow, AlertRow>();
  for (const { suspect, figures, related } of verdicts) {
    const alarm = alertOf(suspect);
    if (alarm === undefined) continue;
    for (const relative of related) {
      const other = alertOf(relative);
      if (other !== undefined && other !== alarm) explained.set(other, alarm);
    }
    if (alarm.state === 'firing') continue;
    alarm.startedAt = Math.min(starts.get(suspect)!, at);
    const fired = advanceAlert(alarm, null, at, { forMs: 0, recoveryMs: 0 })!;
    Object.assign(alarm, fired);
    alarm.quiet = '';
    alarm.evidence = {
      share: Math.round(shareOf(figures) * 1000) / 1000,
      ...(figures.othersShare === undefined ? {} : { others_share: round3(figures.othersShare) }),
      related: related
        .slice(0, RELATED_SHOWN)
        .map(({ key, failing, members }) => ({ ...key, failing, members })),
    };
    count(alarm, figures, (at - alarm.startedAt) / 1000);
    await nameCause(connection, alarm, sample);
    alarm.summary = summaryOf(alarm);
    book.touch(alarm);
  }
  for (const alarm of [...book.all()]) {
    if (alarm.rule !== RULE || alarm.state === 'resolved') continue;
    const parent = explained.get(alarm);
    if (alarm.state === 'firing') {
      // One that was told before something larger failed as well.
      if (parent !== undefined && parent.alertId !== 0 && alarm.parentId !== parent.alertId) {
        alarm.parentId = parent.alertId;
        book.touch(alarm);
      }
    } else if (parent !== undefined) book.discard(alarm);
    else if (alarm.quiet === '' && at - alarm.pendingAt >= settings.holdMs) {
      alarm.quiet = NO_GROUP;
      book.touch(alarm);
    }
  }
}

const round3 = (ratio: number): number => Math.round(ratio * 1000) / 1000;

function count(alarm: AlertRow, { missing, due, members }: GroupFigures, seconds: number): void {
  Object.assign(alarm, { missing, due, members, mostMissing: Math.max(alarm.mostMissing, missing) });
  alarm.deviceSeconds += missing * Math.max(0, seconds);
}

/** Counts an alarm that is on anew, and ends it when almost everybody is back. @param seconds since the last count */
async function follow(
  connection: Connection,
  given: GroupLook,
  alarm: AlertRow,
  reader: GroupFigureReader,
  seconds: number,
): Promise<void> {
  const { book, settings, labels, failing, at } = given;
  const key = { label: alarm.groupLabel, value: alarm.groupValue };
  const members = (await reader.members([key])).get(groupText(key))?.members ?? 0;
  const figures = await reader.figures(key, members, alarm.startedAt);
  count(alarm, figures, seconds);
  if (alarm.cause === 'unknown' && at - (alarm.firedAt ?? at) < EVIDENCE_FOR_MS) {
    await nameCause(connection, alarm, await failing.look(connection, labels, settings.labels));
    if (alarm.cause !== 'unknown') alarm.summary = summaryOf(alarm);
  }
  const isClear = shareOf(figures) < settings.clearShare;
  const goneSince = isClear ? (alarm.clearSince ?? at) : null;
  Object.assign(alarm, advanceAlert(alarm, goneSince, at, { forMs: 0, recoveryMs: settings.clearMs }));
  book.touch(alarm);
}

async function nameCause(connection: Connection, alarm: AlertRow, { devices }: FailingSample): Promise<void> {
  const text = groupText({ label: alarm.groupLabel, value: alarm.groupValue });
  const asked = devices.filter(({ groups }) => groups.includes(text)).slice(0, ASKED_FOR_EVIDENCE);
  if (asked.length === 0) return;
  const told = await readObservationsOf(
    connection,
    asked.map(({ facts }) => facts.deviceId).sort((one, other) => one - other),
    alarm.startedAt - EVIDENCE_BEFORE_MS,
  );
  const { cause, counts } = causeOf(told, asked.length);
  alarm.cause = cause;
  if (counts.length > 0) alarm.evidence = { ...alarm.evidence, observations: counts };
}

const nameOf = ({ label, value }: GroupKey): string =>
  label === 'fleet' ? 'The whole fleet' : `${label.replaceAll('_', ' ')} ${value}`;

function summaryOf({ groupLabel, groupValue, missing, due, cause }: AlertRow): string {
  const share = due === 0 ? 0 : Math.round((missing / due) * 100);
  const because = cause === 'unknown' ? 'cause unknown' : `cause: ${cause.replaceAll('_', ' ')}`;
  return `${nameOf({ label: groupLabel, value: groupValue })}: ${missing} of ${due} devices missing (${share} %), ${because}`;
}
