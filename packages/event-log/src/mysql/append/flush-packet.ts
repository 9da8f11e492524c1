import { laneOf, type CpeEvent } from '@cpemon/domain';
import type { EncodedEvents } from '../../event-log.js';

/** The events of one flush, ready for `append_flush` (sql/0006_generations.sql). */
export interface FlushPacket {
  firstLane: number;
  lastLane: number;
  /** 24 characters a lane from the first to the last: event count (6), start (9, from 1) and length (9) in `events`. */
  index: string;
  /** The JSON array of each lane, one after the other. */
  events: Buffer;
  eventCount: number;
}

/** Encodes events by lane; those of a lane keep their order. One text of many costs less than many of one. */
export function encodeEvents(events: readonly CpeEvent[], lanes: number): EncodedEvents[] {
  if (events.length === 1) return [encodeLane(laneOf(events[0]!.subject, lanes), events)];
  const eventsByLane = new Map<number, CpeEvent[]>();
  for (const event of events) {
    const lane = laneOf(event.subject, lanes);
    const ofLane = eventsByLane.get(lane);
    if (ofLane === undefined) eventsByLane.set(lane, [event]);
    else ofLane.push(event);
  }
  return Array.from(eventsByLane, ([lane, ofLane]) => encodeLane(lane, ofLane));
}

function encodeLane(lane: number, events: readonly CpeEvent[]): EncodedEvents {
  const json = JSON.stringify(events);
  return { lane, eventCount: events.length, json, bytes: Buffer.byteLength(json) };
}

/**
 * Encoded events for another number of lanes; a device's keep their order. Parses and encodes them again, which only a
 * change of generation asks for.
 */
export function relaneEvents(encoded: readonly EncodedEvents[], lanes: number): EncodedEvents[] {
  const events = encoded.flatMap(({ json }) => JSON.parse(textOf(json)) as CpeEvent[]);
  return encodeEvents(events, lanes);
}

/** Packs events into one flush; events of a lane keep their order. `entries` must hold at least one event. */
export function packFlush(entries: Iterable<readonly EncodedEvents[]>): FlushPacket {
  const partsByLane: EncodedEvents[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    for (const part of entry) {
      (partsByLane[part.lane] ??= []).push(part);
      bytes += part.bytes;
    }
  }
  const firstLane = partsByLane.findIndex((parts) => parts !== undefined);
  const lastLane = partsByLane.length - 1;
  if (firstLane === -1) throw new Error('A flush needs at least one event');

  const events = Buffer.allocUnsafe(bytes);
  let index = '';
  let end = 0;
  let eventCount = 0;
  for (let lane = firstLane; lane <= lastLane; lane += 1) {
    const parts = partsByLane[lane];
    if (parts === undefined) {
      index += NO_EVENTS;
      continue;
    }
    const start = end;
    end = writeJoined(events, start, parts);
    const count = parts.reduce((sum, part) => sum + part.eventCount, 0);
    index += digits(count, 6) + digits(start + 1, 9) + digits(end - start, 9);
    eventCount += count;
  }
  return { firstLane, lastLane, index, events: events.subarray(0, end), eventCount };
}

const COMMA = 44;

/** Writes JSON arrays as one. @returns where it ends */
function writeJoined(target: Buffer, start: number, parts: readonly EncodedEvents[]): number {
  let end = start;
  for (const { json } of parts) {
    // The closing bracket of the array before becomes the opening bracket of this one, and that a comma.
    const at = end === start ? start : end - 1;
    end = at + writeJson(target, json, at);
    if (at !== start) target[at] = COMMA;
  }
  return end;
}

/** @returns how many bytes it took */
function writeJson(target: Buffer, json: string | Uint8Array, at: number): number {
  if (typeof json === 'string') return target.write(json, at);
  target.set(json, at);
  return json.length;
}

const textOf = (json: string | Uint8Array): string =>
  typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.length).toString();

const NO_EVENTS = '0'.repeat(24);

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
