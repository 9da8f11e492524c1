import type { IncomingHttpHeaders } from 'node:http';
import { readElements } from '../array-elements.js';
import { NESTING_LEVELS, SINGLE_BODY_BYTES } from '../body-limits.js';
import type { ReadBody, RejectedElement } from '../body-reader.js';
import type { DropCounts } from '../drop-reasons.js';
import { decodeJsonText, parseJsonText } from '../json-text.js';
import { TOO_DEEP, isDeeperThan } from '../nesting.js';
import { isRefusal, refuse, type Refusal } from '../refusal.js';
import type { RequestContext } from '../report-reader.js';
import type { EventKinds } from './event-kinds.js';
import { attributesOfHeaders } from './header-attributes.js';
import { readCloudEvent } from './read-cloud-event.js';

/** How the events of a body lie in it. `json`: it is JSON and nobody says; structured or a batch, by its first character. */
export type ContentMode = 'binary' | 'structured' | 'batch' | 'json';

export interface CloudEventRules {
  kinds: EventKinds;
  /** Types of which one event may be as long as a body. */
  longKinds?: ReadonlySet<string>;
}

export interface ReadCloudEvents extends ReadBody {
  /** CloudEvents that were accepted: one of bulk data may be several events of the log. */
  taken: number;
}

type Read = ReadCloudEvents | (Refusal & { rejected?: RejectedElement[] });

const NOT_AN_EVENT = refuse('invalid_json', 'A CloudEvent is a JSON object.');
const NOT_A_BATCH = refuse('invalid_json', 'A batch of CloudEvents is a JSON array.');
const ALL_REFUSED = refuse('all_events_refused', 'No event of the body was accepted.');
const TOO_LARGE = refuse('event_too_large', `An event may have ${SINGLE_BODY_BYTES} bytes.`);

/**
 * Reads a body of CloudEvents (HTTP binding 1.0.2, section 3). A bad event of a batch refuses itself and not its
 * neighbours; a batch of which every event is refused is refused with the list in `rejected`.
 */
export function readCloudEvents(
  body: Buffer,
  mode: ContentMode,
  headers: IncomingHttpHeaders,
  rules: CloudEventRules,
  request: RequestContext,
): Read {
  const text = mode === 'binary' && body.length === 0 ? '{}' : decodeJsonText(body);
  if (typeof text !== 'string') return text;
  const isArray = /^\s*\[/.test(text);
  if (mode === 'batch' || (mode === 'json' && isArray)) {
    return isArray ? readBatch(text, rules, request) : NOT_A_BATCH;
  }
  if (isDeeperThan(text, NESTING_LEVELS)) return TOO_DEEP;
  const parsed = parseJsonText(text);
  if (isRefusal(parsed)) return parsed;
  const drops: DropCounts = {};
  const attributes =
    mode === 'binary' ? { ...attributesOfHeaders(headers), data: parsed.value } : parsed.value;
  const events = readOne(attributes, body.length, rules, request, drops);
  return isRefusal(events) ? events : { events, rejected: [], drops, taken: 1 };
}

function readBatch(text: string, rules: CloudEventRules, request: RequestContext): Read {
  const elements = readElements(text);
  if (isRefusal(elements)) return elements;
  const read: ReadCloudEvents = { events: [], rejected: [], drops: {}, taken: 0 };
  for (const [index, value] of elements.values.entries()) {
    const length = elements.texts[index]!.length;
    const events = value === TOO_DEEP ? TOO_DEEP : readOne(value, length, rules, request, read.drops);
    if (isRefusal(events)) read.rejected.push({ index, reason: events.code });
    else {
      read.events.push(...events);
      read.taken += 1;
    }
  }
  if (read.rejected.length > 0 && read.taken === 0) {
    return { ...ALL_REFUSED, rejected: read.rejected };
  }
  return read;
}

function readOne(
  value: unknown,
  length: number,
  { kinds, longKinds }: CloudEventRules,
  request: RequestContext,
  drops: DropCounts,
) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_AN_EVENT;
  const attributes = value as Record<string, unknown>;
  const { type } = attributes;
  const isLong = typeof type === 'string' && longKinds?.has(type) === true;
  if (length > SINGLE_BODY_BYTES && !isLong) return TOO_LARGE;
  return readCloudEvent(attributes, kinds, request, drops);
}
