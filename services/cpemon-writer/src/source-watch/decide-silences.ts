import type { SingleConnection } from '@cpemon/database';
import {
  SLOTS_KEPT_MS,
  findModelSilence,
  intervalOfReturns,
  slotOf,
  endOfSilence,
  findSilence,
  type SilenceSettings,
} from '@cpemon/domain';
import { STATE_GROUP } from '@cpemon/event-log';
import {
  closeSilence,
  openSilence,
  readAppliedUntil,
  readHeardSlots,
  readSourceSilences,
  removeOldHeardSlots,
  removeOldSilences,
  writeDecidedUntil,
  type HeardSum,
  type SourceSilence,
} from '@cpemon/store';

/** What was heard lately, kept from one decision to the next. */
export interface HeardLately {
  /** By kind and name, in order of time. */
  slots: Map<string, HeardSum[]>;
  /** Slots that begin before this are complete in all lanes. */
  completeUntil: number;
  prunedAt: number;
}

export const nothingHeard = (): HeardLately => ({ slots: new Map(), completeUntil: 0, prunedAt: 0 });

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
 * Decides who is silent, by what all lanes have applied, and writes it with the moment up to which that holds.
 * @param transact one transaction under the lease
 * @returns null when not every lane has begun
 */
export async function decideSilences(
  connection: SingleConnection,
  transact: (work: (transaction: SingleConnection) => Promise<void>) => Promise<void>,
  heard: HeardLately,
  settings: SilenceSettings,
): Promise<DecidedSilences | null> {
  // First how far all lanes are: what they have applied by then is in the slots that are read after it.
  const until = await readAppliedUntil(connection, STATE_GROUP);
  if (until === null) return null;
  await readOn(connection, heard, until);
  const silences = await readSourceSilences(connection, until);
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
    const found =
      kind === 'source' ? findSilence(slots, until, settings) : findModelSilence(slots, all, until, settings);
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
async function readOn(connection: SingleConnection, heard: HeardLately, until: number): Promise<void> {
  const oldest = until - SLOTS_KEPT_MS;
  const from = Math.max(oldest, heard.completeUntil);
  const read = await readHeardSlots(connection, from);
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
