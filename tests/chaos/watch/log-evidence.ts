import { createHash } from 'node:crypto';
import type { Ledger } from '../load/ledger.js';
import { createReckoner, type DeviceReckoner, type LogEntry } from './device-model.js';

/** Position of an event as texts and URLs have it. */
export const positionOf = ({ generation, lane, sequence }: LogEntry): string =>
  `${generation}-${lane}-${sequence}`;

/** What the log holds of one device. */
export interface DeviceEvidence {
  /** How often each event stands in the log, by its number. */
  copies: Uint8Array;
  /** Where each stands first: an ordinal that grows with the position; 0 when nowhere. */
  first: Float64Array;
  reckoner: DeviceReckoner;
  /** All entries in order; kept for devices of which something may be applied out of its order. */
  entries: LogEntry[] | undefined;
  lane: { generation: number; lane: number } | undefined;
}

/** The log as it was read, in a form that can be compared with the sender's books. */
export interface LogEvidence {
  devices: readonly DeviceEvidence[];
  events: number;
  /** Sentences about entries that nobody sent, or that are not what was sent. */
  phantoms: string[];
  /** Positions of events that were sent to fail. */
  failing: string[];
  add(entry: LogEntry): void;
}

const MOST_PHANTOMS = 50;
/** More than a lane ever holds: ordinals of a later generation are greater. */
const GENERATION_STEP = 2 ** 40;

export function createLogEvidence(ledger: Ledger, keepsEntries: (device: number) => boolean): LogEvidence {
  const devices: DeviceEvidence[] = ledger.devices.map((_books, index) => ({
    copies: new Uint8Array(64),
    first: new Float64Array(64),
    reckoner: createReckoner(),
    entries: keepsEntries(index) ? [] : undefined,
    lane: undefined,
  }));
  /** Which event an identity belongs to, and back: first 48 bits, as all of them would not fit into memory. */
  const identities = new Map<number, number>();
  const generations: number[] = [];

  const evidence: LogEvidence = {
    devices,
    events: 0,
    phantoms: [],
    failing: [],
    add(entry) {
      evidence.events += 1;
      const told = (what: string): void => {
        if (evidence.phantoms.length < MOST_PHANTOMS)
          evidence.phantoms.push(`${positionOf(entry)} (${entry.source} ${entry.id}): ${what}`);
      };
      const books = ledger.devices[entry.device];
      const device = devices[entry.device];
      if (books === undefined || device === undefined || !(entry.n >= 1 && entry.n <= books.sent)) {
        return told(`event ${entry.n} of device ${entry.device} was never sent`);
      }
      if (entry.counter !== entry.n) told(`its counter is ${entry.counter}, ${entry.n} was sent`);
      const identity = identityNumber(entry);
      const event = entry.device * 2 ** 24 + entry.n;
      const known = identities.get(identity);
      if (known === undefined) identities.set(identity, event);
      else if (known !== event) told(`two events have this identity`);

      if (!generations.includes(entry.generation)) generations.push(entry.generation);
      if (entry.n >= device.copies.length) grow(device, entry.n);
      if (device.copies[entry.n] === 0) {
        device.first[entry.n] = generations.indexOf(entry.generation) * GENERATION_STEP + entry.sequence;
      } else if (known === undefined) {
        told(`event ${entry.n} of ${books.serialNumber} stands in the log under two identities`);
      }
      device.copies[entry.n] = Math.min(255, device.copies[entry.n]! + 1);
      device.lane = { generation: entry.generation, lane: entry.lane };
      device.entries?.push(entry);
      if (entry.fails) evidence.failing.push(positionOf(entry));
      device.reckoner.apply(entry);
    },
  };
  return evidence;
}

function identityNumber({ source, id }: LogEntry): number {
  return createHash('sha1').update(`${source} ${id}`).digest().readUIntBE(0, 6);
}

function grow(device: DeviceEvidence, n: number): void {
  const length = Math.max(n + 1, device.copies.length * 2);
  const copies = new Uint8Array(length);
  copies.set(device.copies);
  device.copies = copies;
  const first = new Float64Array(length);
  first.set(device.first);
  device.first = first;
}
