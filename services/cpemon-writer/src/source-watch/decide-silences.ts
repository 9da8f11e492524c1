import type { SingleConnection } from '@cpemon/database';
import {
  SLOTS_KEPT_MS,
  findModelSilence,
  intervalOfReturns,
  slotOf,
  endOfSilence,
  findSilence,
  type IntakeHistory,
  type SilenceSettings,
} from '@cpemon/domain';
import { STATE_GROUP } from '@cpemon/event-log';
import {
  closeSilence,
  openSilence,
  readHeardSlots,
  readIntakeHistory,
  readLaneWatermarks,
  readSourceSilences,
  removeOldHeardSlots,
  removeOldSilences,
  writeDecidedUntil,
  type HeardSum,
  type LaneWatermark,
  type SourceSilence,
} from '@cpemon/store';
import { unheardOf } from './unheard.js';

/** What was heard lately, kept from one decision to the next. */
export interface HeardLately {
  /** By kind and name, in order of time. */
  slots: Map<string, HeardSum[]>;
  /** Slots that begin before this are complete in all lanes. */
  completeUntil: number;
  prunedAt: number;
  /** Lanes that are in none of it. */
  without: readonly number[];
}

export const nothingHeard = (): HeardLately => ({
  ...{ slots: new Map(), completeUntil: 0, prunedAt: 0, without: [] },
});

export interface DecidedSilences {
  /** Up to when everything is applied, epoch ms of the database. */
  until: number;
  opened: SourceSilence[];
  closed: SourceSilence[];
  /** Those that last. */
  open: SourceSilence[];
}

const PRUNE_EVERY_MS = 60_000;
/**
 * A lane that is further behind the furthest one has no owner, is rebuilt, or waits for somebody: it is left out, so that
 * the others' deadlines wait no longer for it. Its own are judged by what the others have heard.
 */
const LEFT_BEHIND_MS = 60_000;

/**
 * Decides who is silent, by what the lanes have applied, and writes it with the moment up to which that holds.
 * @param transact one transaction under the lease
 * @returns null when no lane has begun
 */
export async function decideSilences(
  connection: SingleConnection,
  transact: (work: (transaction: SingleConnection) => Promise<void>) => Promise<void>,
  heard: HeardLately,
  settings: SilenceSettings,
): Promise<DecidedSilences | null> {
  // First how far the lanes are: what they have applied by then is in the slots that are read after it.
  const reached = reachedBy(await readLaneWatermarks(connection, STATE_GROUP));
  if (reached === null) return null;
  const { until } = reached;
  await readOn(connection, heard, reached);
  const intake = await readIntakeHistory(connection, until - SLOTS_KEPT_MS);
  const lately = await readSourceSilences(connection, until - SLOTS_KEPT_MS);
  const silences = lately.filter(({ endedAt }) => endedAt === null || endedAt > until);
  const open = silences.filter(({ endedAt }) => endedAt === null);
  const opened: SourceSilence[] = [];
  const closed: SourceSilence[] = [];
  for (const silence of open) {
    const slots = slotsOf(heard, silence);
    const intervalSeconds = silence.kind === 'model' ? newInterval(slots, silence, until) : null;
    const endedAt = intervalSeconds === null ? endOfSilence(slots, silence, until) : until;
    if (endedAt !== null) closed.push({ ...silence, endedAt, intervalSeconds });
  }
  const all = allSources(heard);
  for (const slots of heard.slots.values()) {
    const { kind, name } = slots[0]!;
    if (open.some((known) => known.kind === kind && known.name === name)) continue;
    const found = find(slots, { all, until, settings, intake, silences: lately, heard });
    // One that ended a moment ago has what is usual still to come.
    if (found === null || silences.some((known) => isSame(known, kind, name, found.startedAt))) continue;
    opened.push({ kind, name, ...found, endedAt: null, intervalSeconds: null });
  }
  const prunes = until - heard.prunedAt > PRUNE_EVERY_MS;
  await transact(async (transaction) => {
    for (const silence of closed)
      await closeSilence(transaction, silence, silence.endedAt!, silence.intervalSeconds);
    for (const silence of opened) await openSilence(transaction, silence);
    if (prunes) {
      await removeOldHeardSlots(transaction, until);
      await removeOldSilences(transaction);
    }
    await writeDecidedUntil(transaction, until);
  });
  if (prunes) heard.prunedAt = until;
  const lasting = open.filter(
    (silence) => !closed.some((ended) => isSame(ended, silence.kind, silence.name)),
  );
  return { until, opened, closed, open: [...lasting, ...opened] };
}

interface Found {
  all: readonly HeardSum[];
  until: number;
  settings: SilenceSettings;
  intake: IntakeHistory;
  silences: readonly SourceSilence[];
  heard: HeardLately;
}

function find(slots: readonly HeardSum[], { all, until, settings, intake, silences, heard }: Found) {
  const { kind, name } = slots[0]!;
  const sources = kind === 'source' ? [name] : sourcesHeard(heard);
  const unheard = unheardOf({ kind, name, sources }, intake, silences, until);
  return kind === 'source'
    ? findSilence(slots, until, settings, unheard)
    : findModelSilence(sinceLastSilence(slots, silences), all, until, settings, unheard);
}

/** What a model brought before it was quiet is not usual any more: it may have come back by another interval. */
function sinceLastSilence(
  slots: readonly HeardSum[],
  silences: readonly SourceSilence[],
): readonly HeardSum[] {
  const { kind, name } = slots[0]!;
  const since = Math.max(
    ...silences.filter((one) => isSame(one, kind, name)).map(({ endedAt }) => endedAt ?? -Infinity),
  );
  return slots.filter(({ at }) => at >= since);
}

/** Up to when all lanes are applied that are not left behind, and which are. */
function reachedBy(lanes: readonly LaneWatermark[]): { until: number; without: number[] } | null {
  const furthest = Math.max(...lanes.map(({ watermark }) => watermark ?? -Infinity));
  if (furthest === -Infinity) return null;
  const isLeft = ({ watermark }: LaneWatermark): boolean =>
    watermark === null || watermark < furthest - LEFT_BEHIND_MS;
  return {
    until: Math.min(...lanes.map((lane) => (isLeft(lane) ? Infinity : lane.watermark!))),
    without: lanes.filter(isLeft).map(({ lane }) => lane),
  };
}

const sourcesHeard = (heard: HeardLately): string[] =>
  [...heard.slots.values()].flatMap(([first]) => (first!.kind === 'source' ? [first!.name] : []));

/** The interval by which a model that was quiet comes back; null as long as it does not, or by the old one. */
function newInterval(slots: readonly HeardSum[], { startedAt }: SourceSilence, until: number): number | null {
  return intervalOfReturns(slots.filter(({ at }) => at >= startedAt && at < until));
}

function allSources(heard: HeardLately): HeardSum[] {
  const sums = new Map<number, HeardSum>();
  for (const slots of heard.slots.values()) {
    if (slots[0]!.kind !== 'source') continue;
    for (const slot of slots) {
      const sum = sums.get(slot.at);
      if (sum === undefined) sums.set(slot.at, { ...slot });
      else sum.reports += slot.reports;
    }
  }
  return [...sums.values()].sort((a, b) => a.at - b.at);
}

function isSame(silence: SourceSilence, kind: string, name: string, startedAt?: number): boolean {
  if (silence.kind !== kind || silence.name !== name) return false;
  return startedAt === undefined || (silence.endedAt ?? Infinity) > startedAt;
}

const keyOf = ({ kind, name }: { kind: string; name: string }): string => `${kind} ${name}`;

const slotsOf = (heard: HeardLately, silence: SourceSilence): HeardSum[] =>
  heard.slots.get(keyOf(silence)) ?? [];

/** Reads the slots that may have changed, and forgets those that are too old. */
async function readOn(
  connection: SingleConnection,
  heard: HeardLately,
  { until, without }: { until: number; without: readonly number[] },
): Promise<void> {
  if (without.join() !== heard.without.join()) {
    heard.slots.clear();
    Object.assign(heard, { without, completeUntil: 0 });
  }
  const oldest = until - SLOTS_KEPT_MS;
  const from = Math.max(oldest, heard.completeUntil);
  const read = await readHeardSlots(connection, from, without);
  for (const [key, slots] of heard.slots) {
    const kept = slots.filter(({ at }) => at >= oldest && at < from);
    if (kept.length === 0) heard.slots.delete(key);
    else heard.slots.set(key, kept);
  }
  for (const slot of read) {
    const slots = heard.slots.get(keyOf(slot));
    if (slots === undefined) heard.slots.set(keyOf(slot), [slot]);
    else slots.push(slot);
  }
  heard.completeUntil = slotOf(until);
}
