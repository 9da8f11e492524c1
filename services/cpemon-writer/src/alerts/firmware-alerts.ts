import {
  FIRMWARE_GROUP_LABEL,
  advanceAlert,
  firmwareGroup,
  isFirmwareFault,
  othersOf,
  partShare,
  type GroupSettings,
  type Part,
} from '@cpemon/alerts';
import type { Connection } from '@cpemon/database';
import {
  readConditionStarts,
  readConditionTallies,
  readKeptFleet,
  readKeptMembers,
  type AlertRow,
  type Change,
  type FirmwareTally,
} from '@cpemon/store';
import { createHash } from 'node:crypto';
import { newAlert, type AlertBook } from './alert-book.js';

/** Alarms of a firmware that lets its devices restart again and again: they are heard, so no silence tells of it. */
export const FIRMWARE_RULE = 'firmware';
/** The rule of health that is looked at; it is built in. */
export const LOOP_CONDITION = 'reboot-loop';

export interface FirmwareAlerts {
  /** Notes whether a device has begun or ceased to restart again and again. */
  note(changes: readonly Change[]): void;
  look(
    connection: Connection,
    given: { book: AlertBook; settings: GroupSettings; at: number },
  ): Promise<void>;
}

/** Also how often alarms that are on are counted anew. */
const LOOK_AGAIN_MS = 10_000;
/** It began when so many of those concerned had begun: one that restarted for days before is left out. */
const START_QUANTILE = 0.05;
const STARTS_READ = 5000;

interface FirmwareFault {
  tally: FirmwareTally;
  own: Part;
  others: Part;
}

export function createFirmwareAlerts(): FirmwareAlerts {
  // What began before this evaluator did is found by its first look.
  let changed = true;
  let lookedAt = -Infinity;
  return {
    note(changes) {
      changed ||= changes.some(({ kind, data }) => kind === 'condition' && data['rule'] === LOOP_CONDITION);
    },
    async look(connection, { book, settings, at }) {
      const open = [...book.all()].filter(
        ({ rule, state }) => rule === FIRMWARE_RULE && state !== 'resolved',
      );
      if ((!changed && open.length === 0) || (at - lookedAt < LOOK_AGAIN_MS && at >= lookedAt)) return;
      [changed, lookedAt] = [false, at];
      const faults = await faultsOf(connection, settings, open);
      for (const fault of faults) {
        const openKey = openKeyOf(fault.tally);
        const known = book.find(openKey);
        if (known !== undefined) follow(known, fault, book, settings, at);
        else if (isFirmwareFault(fault.own, fault.others, settings))
          book.add(await suspicion(connection, openKey, fault, settings, at));
      }
      const found = new Set(faults.map(({ tally }) => openKeyOf(tally)));
      for (const alarm of open) if (!found.has(alarm.openKey)) move(alarm, false, book, settings, at);
    },
  };
}

const openKeyOf = ({ model, firmware }: Omit<FirmwareTally, 'devices'>): string =>
  `${FIRMWARE_RULE}:${createHash('sha256').update(firmwareGroup(model, firmware).value).digest('hex').slice(0, 32)}`;

/** Firmware of which enough devices restart, or of which there is an alarm, each with whom it is compared with. */
async function faultsOf(
  connection: Connection,
  settings: GroupSettings,
  open: readonly AlertRow[],
): Promise<FirmwareFault[]> {
  const tallies = await readConditionTallies(connection, LOOP_CONDITION);
  const keys = new Set(open.map(({ openKey }) => openKey));
  const asked = tallies.filter((tally) => tally.devices >= settings.members || keys.has(openKeyOf(tally)));
  if (asked.length === 0) return [];
  const ofFirmware = await readKeptMembers(connection, 'firmware', [
    ...new Set(asked.map((one) => one.firmware)),
  ]);
  const ofModel = await readKeptMembers(connection, 'model', [...new Set(asked.map((one) => one.model))]);
  const fleet = await readKeptFleet(connection);
  const concerned = (isMeant: (tally: FirmwareTally) => boolean): number =>
    tallies.filter(isMeant).reduce((sum, { devices }) => sum + devices, 0);
  // Who is offline restarts nobody knows how often.
  const heard = (kept?: { members: number; offline: number }): number =>
    kept === undefined ? 0 : kept.members - kept.offline;
  return asked.map((tally) => {
    const own = {
      concerned: tally.devices,
      members: Math.max(tally.devices, heard(ofFirmware.get(tally.firmware))),
    };
    const model = {
      concerned: concerned((one) => one.model === tally.model),
      members: heard(ofModel.get(tally.model)),
    };
    const all = { concerned: concerned(() => true), members: heard(fleet) };
    return { tally, own, others: othersOf(own, model, all, settings) };
  });
}

async function suspicion(
  connection: Connection,
  openKey: string,
  { tally, own, others }: FirmwareFault,
  settings: GroupSettings,
  at: number,
): Promise<AlertRow> {
  const { model, firmware } = tally;
  const starts = await readConditionStarts(
    connection,
    { rule: LOOP_CONDITION, model, firmware },
    STARTS_READ,
  );
  const startedAt = Math.min(at, starts[Math.floor(starts.length * START_QUANTILE)] ?? at);
  const alarm = newAlert(
    {
      ...{ openKey, rule: FIRMWARE_RULE, kind: 'group', severity: 'critical', cause: 'condition' },
      ...{ groupLabel: FIRMWARE_GROUP_LABEL, groupValue: firmwareGroup(model, firmware).value },
      ...{ labels: { model, firmware }, summary: '', startedAt, evidence: { hold_ms: settings.holdMs } },
    },
    at,
  );
  count(alarm, own, others);
  return alarm;
}

function count(alarm: AlertRow, own: Part, others: Part): void {
  const { concerned, members } = own;
  const evidence = {
    ...{ condition: LOOP_CONDITION, share: round3(partShare(own)), others_share: round3(partShare(others)) },
  };
  const summary = `${alarm.groupValue}: ${concerned} of ${members} devices restart again and again (${Math.round(partShare(own) * 100)} %), of others ${Math.round(partShare(others) * 100)} %`;
  const mostMissing = Math.max(alarm.mostMissing, concerned);
  Object.assign(alarm, { missing: concerned, due: members, members, mostMissing, summary, evidence });
}

const round3 = (ratio: number): number => Math.round(ratio * 1000) / 1000;

function follow(
  alarm: AlertRow,
  { own, others }: FirmwareFault,
  book: AlertBook,
  settings: GroupSettings,
  at: number,
): void {
  count(alarm, own, others);
  const holds =
    alarm.state === 'pending'
      ? isFirmwareFault(own, others, settings)
      : partShare(own) >= settings.clearShare;
  move(alarm, holds, book, settings, at);
}

/** A suspicion that has held for the hold-off is an alarm; an alarm that has been clear for a while is over. */
function move(alarm: AlertRow, holds: boolean, book: AlertBook, settings: GroupSettings, at: number): void {
  if (alarm.state === 'pending' && !holds) return book.discard(alarm);
  if (alarm.state === 'pending' && at - alarm.pendingAt < settings.holdMs) return;
  const goneSince = holds ? null : (alarm.clearSince ?? at);
  Object.assign(alarm, advanceAlert(alarm, goneSince, at, { forMs: 0, recoveryMs: settings.clearMs }));
  book.touch(alarm);
}
