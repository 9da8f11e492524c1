import {
  ERASE_EVENT_TYPE,
  erasureHash,
  identityHash,
  identityOf,
  isBefore,
  isOfIdentity,
  type CpeEvent,
  type DeviceIdentity,
  type DeviceRecord,
  type ErasureKey,
} from '@cpemon/domain';
import type { LaneBatch, LaneRef, LoggedEvent } from '@cpemon/event-log';
import {
  erasedKey,
  findErased,
  findTombstones,
  readErasureKeys,
  readNewestErasure,
  type KeyedTombstone,
} from '@cpemon/store';
import type { ErasedInLane } from './lane-erasures.js';
import type { ReadDatabase } from './read-database.js';

/** Knows what was erased: keeps events of before from coming back, and an erasure from being done twice. */
export interface ErasureGate {
  /** Looks up when the last erasure was. To be called when a lane is opened: another owner may have erased meanwhile. */
  refresh(): Promise<void>;
  /** Reads what must be known of a slice's events. Usually that is nothing: events are newer than any erasure. */
  load(slice: readonly { batch: LaneBatch; events: readonly LoggedEvent[] }[]): Promise<void>;
  /** Whether an event was received before its device was erased. Its slice is loaded. */
  covers(memory: { erased: ErasedInLane }, logged: LoggedEvent): boolean;
  /**
   * The tombstone of an erasure that comes by now; undefined when it was done before.
   * @param known the devices with its serial number
   */
  bury(
    memory: { erased: ErasedInLane },
    place: LaneRef,
    logged: LoggedEvent,
    known: readonly { record: DeviceRecord }[],
  ): KeyedTombstone | undefined;
}

/** Tombstones that are brought along after a restore are seen after this. */
const LOOK_AGAIN_MS = 5000;

export function createErasureGate(read: ReadDatabase): ErasureGate {
  let newestAt = -Infinity;
  let lookedAt = -Infinity;
  let keys: ErasureKey[] = [];
  /** Of the slice at hand. */
  let tombstones: ReadonlyMap<string, KeyedTombstone[]> = new Map();
  let done: ReadonlySet<string> = new Set();

  const standing = (tombstone: KeyedTombstone, logged: LoggedEvent): boolean =>
    isBefore(tombstone, logged) && isOfIdentity(tombstone, tombstone.key, identityOf(logged.event));

  const refresh = async (): Promise<void> => {
    const newest = await read(readNewestErasure);
    newestAt = Math.max(newestAt, newest ?? -Infinity);
    lookedAt = performance.now();
  };

  return {
    refresh,
    async load(slice) {
      if (performance.now() - lookedAt > LOOK_AGAIN_MS) await refresh();
      const subjects = new Set<string>();
      const erasures = new Set<string>();
      for (const { events } of slice) {
        for (const { event, receivedAt } of events) {
          if (event.type === ERASE_EVENT_TYPE && event.data.erase !== undefined)
            erasures.add(event.data.erase.erasure);
          else if (receivedAt <= newestAt) subjects.add(event.subject);
        }
      }
      if (subjects.size + erasures.size === 0) {
        if (tombstones.size > 0) tombstones = new Map();
        return;
      }
      await read(async (connection) => {
        keys = await readErasureKeys(connection);
        tombstones = await findTombstones(connection, keys, [...subjects]);
        done = erasures.size === 0 ? new Set() : await findErased(connection, [...erasures]);
      });
    },
    covers({ erased }, logged) {
      if (logged.event.type === ERASE_EVENT_TYPE || logged.receivedAt > newestAt) return false;
      const { subject } = logged.event;
      return (
        erased.tombstones.get(subject)?.some((tombstone) => standing(tombstone, logged)) === true ||
        tombstones.get(subject)?.some((tombstone) => standing(tombstone, logged)) === true
      );
    },
    bury({ erased }, { generation, lane }, { event, sequence, receivedAt }, known) {
      const wish = event.data.erase;
      const [key] = keys;
      if (wish === undefined) return undefined;
      if (key === undefined)
        throw new Error('an erasure was asked for, but there is no secret for its tombstone');
      const subjectHash = erasureHash(key, event.subject);
      const before = erased.tombstones.get(event.subject) ?? [];
      if (done.has(erasedKey(wish.erasure, subjectHash))) return undefined;
      if (before.some(({ erasureId }) => erasureId === wish.erasure)) return undefined;
      const tombstone: KeyedTombstone = {
        ...{ key, erasureId: wish.erasure, subjectHash, generation, lane, sequence, erasedAt: receivedAt },
        identityHash:
          wish.scope === 'identity' && !isByTwoClasses(known, identityOf(event))
            ? identityHash(key, identityOf(event))
            : null,
      };
      erased.tombstones.set(event.subject, [...before, tombstone]);
      newestAt = Math.max(newestAt, receivedAt);
      return tombstone;
    },
  };
}

/** Whether the log has the named device by two classes, and nobody else has its serial number: all of that is its own. */
function isByTwoClasses(
  [first, ...others]: readonly { record: DeviceRecord }[],
  { productClass }: DeviceIdentity,
): boolean {
  const former = first?.record.formerClass ?? null;
  if (first === undefined || former === null || others.length > 0) return false;
  return productClass === first.record.productClass || productClass === former.productClass;
}

/** Whether letters and parked events of this identity are part of what a tombstone stands for. */
export const coversIdentity =
  (tombstone: KeyedTombstone, subject: CpeEvent['subject']) =>
  ({ oui, productClass }: Omit<DeviceIdentity, 'serialNumber'>): boolean =>
    isOfIdentity(tombstone, tombstone.key, { serialNumber: subject, oui, productClass });
