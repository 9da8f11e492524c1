/** The events of one flush, ready for `append_flush` (sql/0001_event_log.sql). */
export interface FlushPacket {
  firstLane: number;
  lastLane: number;
  /** 24 characters a lane from the first to the last: event count (6), start (9, from 1) and length (9) in `events`. */
  index: string;
  /** The JSON array of each lane, one after the other. */
  events: Buffer;
  eventCount: number;
}

/** An event on its way into the log: its lane and its JSON text. */
export interface EncodedEvent {
  lane: number;
  json: string;
}

/** Packs events into one flush; events of a lane keep their order. `entries` must hold at least one event. */
export function packFlush(entries: Iterable<readonly EncodedEvent[]>): FlushPacket {
  const textsByLane: string[][] = [];
  let eventCount = 0;
  for (const entry of entries) {
    for (const { lane, json } of entry) {
      (textsByLane[lane] ??= []).push(json);
      eventCount += 1;
    }
  }
  const firstLane = textsByLane.findIndex((texts) => texts !== undefined);
  const lastLane = textsByLane.length - 1;
  if (firstLane === -1) throw new Error('A flush needs at least one event');

  let index = '';
  let start = 1;
  const arrays: Buffer[] = [];
  for (let lane = firstLane; lane <= lastLane; lane += 1) {
    const texts = textsByLane[lane];
    if (texts === undefined) {
      index += NO_EVENTS;
      continue;
    }
    const array = Buffer.from(`[${texts.join(',')}]`);
    index += digits(texts.length, 6) + digits(start, 9) + digits(array.length, 9);
    start += array.length;
    arrays.push(array);
  }
  return { firstLane, lastLane, index, events: Buffer.concat(arrays), eventCount };
}

const NO_EVENTS = '0'.repeat(24);

const digits = (value: number, width: number): string => String(value).padStart(width, '0');
