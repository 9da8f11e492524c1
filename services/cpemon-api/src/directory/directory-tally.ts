import {
  ADMIN_STATES,
  HEALTHS,
  REACHABILITIES,
  isUnwell,
  type Health,
  type IntakeMoment,
  type Reachability,
} from '@cpemon/domain';
import { filterSlots, stateReader, type DeviceFilter } from './device-filter.js';
import type { DirectoryColumns } from './directory-columns.js';
import type { LabelIndex } from './label-index.js';
import { BLOCK_SLOTS } from './text-blocks.js';

/** How many devices are how. */
export type DeviceTally = Record<Reachability, Record<Health, number>>;

/** What devices may have in common: a label and its value; `model` is one. */
export interface DirectoryGroup {
  label: string;
  value: string;
}

/** A group in numbers, and those of its devices that are the least well: keys, worst first. */
export interface TalliedGroup extends DirectoryGroup {
  tally: DeviceTally;
  worst: number[];
}

/** Calls for each run of 64 keys that has a block, with the block's first slot and the run's first key. */
export type EachRun = (look: (firstSlot: number, firstKey: number) => void) => Promise<void>;

interface Parts {
  columns: DirectoryColumns;
  labels: LabelIndex;
  eachRun: EachRun;
}

/** Most groups that are counted at once: a bit each. */
export const MOST_GROUPS = 8;

/** Counts the devices that fit; a loop over all of them. */
export async function tallyDevices(
  { columns, labels, eachRun }: Parts,
  filter: DeviceFilter,
  intake: IntakeMoment,
): Promise<DeviceTally> {
  const counts = new Uint32Array(REACHABILITIES.length * HEALTHS.length);
  const fits = filterSlots(filter, columns, labels, intake);
  if (fits === null) return tallyOf(counts);
  const stateOf = stateReader(columns, intake);
  await eachRun((first) => {
    for (let slot = first; slot < first + BLOCK_SLOTS; slot += 1) if (fits(slot)) counts[stateOf(slot)]! += 1;
  });
  return tallyOf(counts);
}

/** Counts the devices that fit by the values of a label; those without it have the empty value. */
export async function tallyByLabel(
  { columns, labels, eachRun }: Parts,
  filter: DeviceFilter,
  { label, intake }: { label: string; intake: IntakeMoment },
): Promise<Map<string, DeviceTally>> {
  const byValue = new Map<string, Uint32Array>();
  const fits = filterSlots(filter, columns, labels, intake);
  if (fits === null) return new Map();
  const valueOf = valueReader(columns, labels, label);
  const stateOf = stateReader(columns, intake);
  await eachRun((first) => {
    for (let slot = first; slot < first + BLOCK_SLOTS; slot += 1) {
      if (!fits(slot)) continue;
      const value = valueOf(slot);
      let counts = byValue.get(value);
      if (counts === undefined) {
        counts = new Uint32Array(REACHABILITIES.length * HEALTHS.length);
        byValue.set(value, counts);
      }
      counts[stateOf(slot)]! += 1;
    }
  });
  return new Map([...byValue].map(([value, counts]) => [value, tallyOf(counts)]));
}

/**
 * Counts several groups in one look over all devices.
 * @param within only devices that fit are counted
 * @param most how many of those that are not well are named
 */
export async function tallyGroups(
  { columns, labels, eachRun }: Parts,
  groups: readonly DirectoryGroup[],
  { within, intake, most }: { within: DeviceFilter; intake: IntakeMoment; most: number },
): Promise<TalliedGroup[]> {
  const counted = groups.slice(0, MOST_GROUPS).map((group) => ({
    ...{ ...group, counts: new Uint32Array(REACHABILITIES.length * HEALTHS.length) },
    worst: [] as { key: number; rank: number; since: number }[],
  }));
  const fits = filterSlots(within, columns, labels, intake);
  const bitsOf = fits === null ? null : groupBits(counted, columns, labels);
  const stateOf = stateReader(columns, intake);
  if (fits !== null && bitsOf !== null) {
    await eachRun((firstSlot, firstKey) => {
      for (let at = 0; at < BLOCK_SLOTS; at += 1) {
        const slot = firstSlot + at;
        if (!columns.isPresent(slot)) continue;
        const bits = bitsOf(slot);
        if (bits === 0 || !fits(slot)) continue;
        const state = stateOf(slot);
        for (let n = 0; n < counted.length; n += 1) {
          if ((bits & (1 << n)) === 0) continue;
          const { counts, worst } = counted[n]!;
          counts[state]! += 1;
          const rank = RANKS[state]!;
          if (rank > 0) keepWorst(worst, { key: firstKey + at, rank, since: columns.since(slot) }, most);
        }
      }
    });
  }
  return counted.map(({ label, value, counts, worst }) => ({
    ...{ label, value, tally: tallyOf(counts) },
    worst: worst.map(({ key }) => key),
  }));
}

/** A bit for each group that the device in a slot is in. */
function groupBits(
  groups: readonly DirectoryGroup[],
  { modelNames, model, labelSet }: DirectoryColumns,
  labels: LabelIndex,
): (slot: number) => number {
  const ofSet = new Map<number, number>();
  let modelNumber = -1;
  let modelBit = 0;
  groups.forEach(({ label, value }, n) => {
    if (label === 'model') {
      modelNumber = modelNames.find(value) ?? -1;
      modelBit = 1 << n;
      return;
    }
    for (const set of labels.setsWith({ [label]: value }) ?? [])
      ofSet.set(set, (ofSet.get(set) ?? 0) | (1 << n));
  });
  const bits = new Uint8Array(Math.max(0, ...ofSet.keys()) + 1);
  for (const [set, of] of ofSet) bits[set] = of;
  return (slot) => (bits[labelSet(slot)] ?? 0) | (model(slot) === modelNumber ? modelBit : 0);
}

/** What `GET /v1/fleet?by=` calls labels: those of the inventory, and what devices and operators say. */
function valueReader(columns: DirectoryColumns, labels: LabelIndex, label: string): (slot: number) => string {
  if (label === 'model') return (slot) => columns.modelNames.nameOf(columns.model(slot));
  if (label === 'firmware') return (slot) => columns.firmwareNames.nameOf(columns.firmware(slot));
  if (label === 'admin_state') return (slot) => ADMIN_STATES[columns.adminState(slot)] ?? '';
  const values = labels.valuesOf(label);
  return (slot) => values.get(columns.labelSet(slot)) ?? '';
}

/** How bad a state is, by its number; 0: nothing is known to be wrong. */
const RANKS = REACHABILITIES.flatMap((reachability) =>
  HEALTHS.map((health) => {
    if (reachability === 'offline') return 4;
    if (reachability === 'unknown') return 0;
    if (health === 'critical') return 3;
    return isUnwell(health) ? 2 : reachability === 'stale' ? 1 : 0;
  }),
);

interface Ranked {
  key: number;
  rank: number;
  since: number;
}

/** The worse first, and of equals what went wrong last: it may have to do with what is looked into. */
function keepWorst(worst: Ranked[], next: Ranked, most: number): void {
  const isWorse = (one: Ranked, other: Ranked): boolean =>
    one.rank === other.rank ? one.since > other.since : one.rank > other.rank;
  if (worst.length === most && !isWorse(next, worst[most - 1]!)) return;
  let at = worst.length;
  while (at > 0 && isWorse(next, worst[at - 1]!)) at -= 1;
  worst.splice(at, 0, next);
  if (worst.length > most) worst.pop();
}

const tallyOf = (counts: Uint32Array): DeviceTally =>
  Object.fromEntries(
    REACHABILITIES.map((reachability, row) => [
      reachability,
      Object.fromEntries(HEALTHS.map((health, at) => [health, counts[row * HEALTHS.length + at] ?? 0])),
    ]),
  ) as DeviceTally;
