import type { IntakeMoment } from '@cpemon/domain';
import type { LabelPairs } from '@cpemon/store';
import { filterSlots, type DeviceFilter } from './device-filter.js';
import { createDirectoryColumns } from './directory-columns.js';
import { piecesOf, textOfEntry, type DirectoryEntry } from './directory-entry.js';
import { createLabelIndex } from './label-index.js';
import {
  tallyByLabel,
  tallyDevices,
  tallyGroups,
  type DeviceTally,
  type DirectoryGroup,
  type EachRun,
  type TalliedGroup,
} from './directory-tally.js';
import { createSlotPages } from './slot-pages.js';
import { BLOCK_SLOTS, PERSONAL_MARK, createTextBlocks } from './text-blocks.js';

/** How devices are put in order here: by when they were first seen, or by when their reachability last changed. */
export const DEVICE_SORTS = ['first_seen', '-first_seen', 'since', '-since'] as const;
export type DeviceSort = (typeof DEVICE_SORTS)[number];

/** Where a page ended: the key of its last device, and that device's `since` (epoch ms). */
export interface PageEnd {
  deviceId: number;
  since: number;
}

/** Which devices are asked for. */
export interface DirectoryChoice {
  filter: DeviceFilter;
  intake: IntakeMoment;
  /** Whether data of persons (addresses, MAC addresses, PPPoE users) may be searched. */
  personal: boolean;
}

export interface DirectoryQuestion extends DirectoryChoice {
  sort: DeviceSort;
  after: PageEnd | null;
  limit: number;
}

/**
 * The names and states of all devices, packed in memory (docs/adr/0011-device-directory.md). It may lag behind the
 * tables by moments: whoever shows a device reads it from there.
 */
export interface DeviceDirectory {
  put(entry: DirectoryEntry): void;
  remove(deviceId: number): void;
  knowsLabels(labelSetId: number): boolean;
  addLabels(labelSetId: number, labels: LabelPairs): void;
  /** Devices that fit, in order, at most `limit`. Others have their turn every few milliseconds. */
  find(question: DirectoryQuestion): Promise<PageEnd[]>;
  /** Those of some devices that fit, in the order given. */
  among(choice: DirectoryChoice, deviceIds: readonly number[]): number[];
  /** How many of the devices that fit are how; its text does not count. */
  tally(filter: DeviceFilter, intake: IntakeMoment): Promise<DeviceTally>;
  /** … by the values of a label, `model` or `firmware`. */
  tallyBy(
    filter: DeviceFilter,
    by: { label: string; intake: IntakeMoment },
  ): Promise<Map<string, DeviceTally>>;
  /** … of each of some groups, with the `most` worst of their devices. */
  tallyGroups(
    groups: readonly DirectoryGroup[],
    of: { within: DeviceFilter; intake: IntakeMoment; most: number },
  ): Promise<TalliedGroup[]>;
  /** Keys from one on and below another, ascending. */
  keysBetween(from: number, below: number): number[];
  size(): number;
}

/** Longest that one look may keep others waiting, ms. */
const SLICE_MS = 4;
const RUNS_A_CHECK = 64;

export function createDeviceDirectory(): DeviceDirectory {
  const columns = createDirectoryColumns();
  const texts = createTextBlocks();
  const labels = createLabelIndex();
  const pages = createSlotPages();
  let size = 0;

  /** Keys of devices that fit, from one on, in either direction; undefined now and then, for others to have their turn. */
  function* fitting(
    { filter, intake, personal }: DirectoryChoice,
    from: number,
    step: 1 | -1,
  ): Generator<number | undefined> {
    const fits = filterSlots(filter, columns, labels, intake);
    if (fits === null) return;
    const pieces = filter.text === undefined ? null : piecesOf(filter.text);
    const mayHold = pieces === null ? null : texts.mayHold(pieces);
    const firstRun = Math.min(Math.floor(from / BLOCK_SLOTS), pages.runs() - 1);
    let looked = 0;
    for (let run = firstRun; run >= 0 && run < pages.runs(); run += step) {
      looked += 1;
      if (looked % RUNS_A_CHECK === 0) yield undefined;
      const block = pages.blockOf(run);
      if (block < 0 || mayHold?.(block) === false) continue;
      const first = block * BLOCK_SLOTS;
      if (pieces === null) {
        // No list of slots: with a million devices this loop is all that a filter costs.
        const ends = first + BLOCK_SLOTS;
        for (let slot = step > 0 ? first : ends - 1; slot >= first && slot < ends; slot += step) {
          const key = run * BLOCK_SLOTS + slot - first;
          if (fits(slot) && (key - from) * step >= 0) yield key;
        }
        continue;
      }
      const slots = texts.slotsIn(block, pieces, !personal);
      if (step < 0) slots.reverse();
      for (const slot of slots) {
        const key = run * BLOCK_SLOTS + slot - first;
        if ((key - from) * step >= 0 && fits(slot)) yield key;
      }
    }
  }

  const eachRun: EachRun = async (look) => {
    const turn = createTurns();
    for (let run = 0; run < pages.runs(); run += 1) {
      if (run % RUNS_A_CHECK === RUNS_A_CHECK - 1) await turn();
      const block = pages.blockOf(run);
      if (block >= 0) look(block * BLOCK_SLOTS, run * BLOCK_SLOTS);
    }
  };
  const parts = { columns, labels, eachRun };

  const endOf = (deviceId: number): PageEnd => ({
    deviceId,
    since: columns.since(pages.slotOf(deviceId)),
  });

  const byKey = async (question: DirectoryQuestion): Promise<PageEnd[]> => {
    const { sort, after, limit } = question;
    const step = sort === '-first_seen' ? -1 : 1;
    const start = after === null ? (step < 0 ? Number.MAX_SAFE_INTEGER : 0) : after.deviceId + step;
    const found: PageEnd[] = [];
    const turn = createTurns();
    for (const key of fitting(question, start, step)) {
      if (key === undefined) await turn();
      else if (found.push(endOf(key)) >= limit) break;
    }
    return found;
  };

  const bySince = async (question: DirectoryQuestion): Promise<PageEnd[]> => {
    const { sort, after, limit } = question;
    const direction = sort === 'since' ? 1 : -1;
    const compare = (one: PageEnd, other: PageEnd): number =>
      (one.since - other.since || one.deviceId - other.deviceId) * direction;
    const best: PageEnd[] = [];
    const turn = createTurns();
    for (const key of fitting(question, 0, 1)) {
      if (key === undefined) {
        await turn();
        continue;
      }
      const end = endOf(key);
      if (after !== null && compare(end, after) <= 0) continue;
      if (best.length === limit && compare(end, best[limit - 1]!) >= 0) continue;
      let at = best.length;
      while (at > 0 && compare(end, best[at - 1]!) < 0) at -= 1;
      best.splice(at, 0, end);
      if (best.length > limit) best.pop();
    }
    return best;
  };

  return {
    put(entry) {
      const slot = pages.giveSlot(entry.row.deviceId);
      if (!columns.isPresent(slot)) size += 1;
      columns.put(slot, entry.row);
      const text = textOfEntry(entry);
      if (texts.textOf(slot) !== text) texts.set(slot, text);
    },
    remove(deviceId) {
      const slot = pages.slotOf(deviceId);
      if (slot < 0 || !columns.isPresent(slot)) return;
      columns.remove(slot);
      texts.set(slot, '');
      size -= 1;
    },
    knowsLabels: (labelSetId) => labels.knows(labelSetId),
    addLabels: (labelSetId, pairs) => labels.add(labelSetId, pairs),
    find: (question) => (question.sort.endsWith('since') ? bySince(question) : byKey(question)),
    among({ filter, intake, personal }, deviceIds) {
      const fits = filterSlots(filter, columns, labels, intake);
      if (fits === null) return [];
      const pieces = filter.text === undefined ? null : piecesOf(filter.text);
      return deviceIds.filter((deviceId) => {
        const slot = pages.slotOf(deviceId);
        if (slot < 0 || !fits(slot)) return false;
        if (pieces === null) return true;
        const [open = '', hidden = ''] = texts.textOf(slot).split(PERSONAL_MARK);
        return pieces.some((piece) => open.includes(piece) || (personal && hidden.includes(piece)));
      });
    },
    tally: (filter, intake) => tallyDevices(parts, filter, intake),
    tallyBy: (filter, by) => tallyByLabel(parts, filter, by),
    tallyGroups: (groups, of) => tallyGroups(parts, groups, of),
    keysBetween(from, below) {
      const keys: number[] = [];
      const lastRun = Math.min(Math.ceil(below / BLOCK_SLOTS), pages.runs());
      for (let run = Math.floor(from / BLOCK_SLOTS); run < lastRun; run += 1) {
        const block = pages.blockOf(run);
        if (block < 0) continue;
        for (const slot of slotsOf(block)) {
          const key = run * BLOCK_SLOTS + (slot % BLOCK_SLOTS);
          if (key >= from && key < below && columns.isPresent(slot)) keys.push(key);
        }
      }
      return keys;
    },
    size: () => size,
  };
}

const slotsOf = (block: number): number[] =>
  Array.from({ length: BLOCK_SLOTS }, (_, offset) => block * BLOCK_SLOTS + offset);

/** Lets others have a turn once a slice of time is used up. */
function createTurns(): () => Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  return async () => {
    if (performance.now() < sliceEnd) return;
    await new Promise((resolve) => setImmediate(resolve));
    sliceEnd = performance.now() + SLICE_MS;
  };
}
