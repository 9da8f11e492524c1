import {
  ADMIN_STATES,
  HEALTHS,
  REACHABILITIES,
  pathOfSource,
  pathsUnheard,
  statusOf,
  type AdminState,
  type DeviceStatus,
  type Health,
  type IntakeMoment,
  type Reachability,
} from '@cpemon/domain';
import type { DirectoryColumns } from './directory-columns.js';
import type { LabelIndex } from './label-index.js';

/** What devices are asked for; what is left out does not matter. */
export interface DeviceFilter {
  /** Part of a name, as it was typed. */
  text?: string;
  statuses?: readonly DeviceStatus[];
  reachabilities?: readonly Reachability[];
  healths?: readonly Health[];
  adminStates?: readonly AdminState[];
  model?: string;
  firmware?: string;
  /** All of them. */
  labels: Readonly<Record<string, string>>;
}

/** Whether the device in a slot is asked for, but for its names; null: none can be. */
export function filterSlots(
  { statuses, reachabilities, healths, adminStates, model, firmware, labels }: DeviceFilter,
  columns: DirectoryColumns,
  labelIndex: LabelIndex,
  intake: IntakeMoment,
): ((slot: number) => boolean) | null {
  const modelNumber = model === undefined ? undefined : columns.modelNames.find(model);
  const firmwareNumber = firmware === undefined ? undefined : columns.firmwareNames.find(firmware);
  if (model !== undefined && modelNumber === undefined) return null;
  if (firmware !== undefined && firmwareNumber === undefined) return null;
  const sets = labelIndex.setsWith(labels);
  if (sets?.size === 0) return null;
  const hasLabels = sets === null ? null : maskOf(sets);
  const wanted = wantedStates(statuses, reachabilities, healths);
  const wantedAdmin = ADMIN_STATES.map((each) => adminStates === undefined || adminStates.includes(each));
  const stateOf = stateReader(columns, intake);
  const anyAdmin = adminStates === undefined;
  return (slot) => {
    if (!columns.isPresent(slot)) return false;
    if (wanted !== null && wanted[stateOf(slot)] !== 1) return false;
    if (modelNumber !== undefined && columns.model(slot) !== modelNumber) return false;
    if (firmwareNumber !== undefined && columns.firmware(slot) !== firmwareNumber) return false;
    if (!anyAdmin && !wantedAdmin[columns.adminState(slot)]) return false;
    return hasLabels === null || hasLabels[columns.labelSet(slot)] === 1;
  };
}

/** Reachability, as it is shown now, and health of the device in a slot: their places in their lists as one number. */
export function stateReader(columns: DirectoryColumns, intake: IntakeMoment): (slot: number) => number {
  const unheard = unheardSources(columns, intake);
  return (slot) => {
    let state = columns.reachability(slot);
    if (unheard !== null && (state === ONLINE || state === STALE) && unheard[columns.source(slot)] === 1)
      state = UNKNOWN;
    return state * HEALTHS.length + columns.health(slot);
  };
}

/** A 1 for each number of a set. */
function maskOf(numbers: ReadonlySet<number>): Uint8Array {
  let largest = 0;
  for (const each of numbers) largest = Math.max(largest, each);
  const mask = new Uint8Array(largest + 1);
  for (const each of numbers) mask[each] = 1;
  return mask;
}

const ONLINE = REACHABILITIES.indexOf('online');
const STALE = REACHABILITIES.indexOf('stale');
const UNKNOWN = REACHABILITIES.indexOf('unknown');

/** A 1 for each reachability and health that are asked for; null: all are. */
function wantedStates(
  statuses: DeviceFilter['statuses'],
  reachabilities: DeviceFilter['reachabilities'],
  healths: DeviceFilter['healths'],
): Uint8Array | null {
  if (statuses === undefined && reachabilities === undefined && healths === undefined) return null;
  const wanted = new Uint8Array(REACHABILITIES.length * HEALTHS.length);
  REACHABILITIES.forEach((reachability, state) =>
    HEALTHS.forEach((health, at) => {
      const fits =
        (statuses?.includes(statusOf(reachability, health)) ?? true) &&
        (reachabilities?.includes(reachability) ?? true) &&
        (healths?.includes(health) ?? true);
      wanted[state * HEALTHS.length + at] = fits ? 1 : 0;
    }),
  );
  return wanted;
}

/** A 1 for each source by which nothing is heard now: of what it reports nobody knows whether it still holds. */
function unheardSources({ sourceNames }: DirectoryColumns, intake: IntakeMoment): Uint8Array | null {
  const down = pathsUnheard(intake);
  if (down.length === 0) return null;
  return Uint8Array.from({ length: sourceNames.count() }, (_, source) => {
    const path = pathOfSource(sourceNames.nameOf(source));
    return path !== undefined && down.includes(path) ? 1 : 0;
  });
}
