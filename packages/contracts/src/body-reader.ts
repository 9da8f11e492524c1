import type { CpeEvent } from '@cpemon/domain';
import { TOO_MANY, readElements, type ArrayElements } from './array-elements.js';
import { ARRAY_EVENTS, NESTING_LEVELS } from './body-limits.js';
import type { DropCounts } from './drop-reasons.js';
import { decodeJsonText, parseJsonText } from './json-text.js';
import { TOO_DEEP, isDeeperThan } from './nesting.js';
import { isRefusal, refuse, type Refusal, type RefusalCode } from './refusal.js';
import { readReport, type ReportFormat, type RequestContext } from './report-reader.js';

/** What a body came to: its events in order, its refused elements, and how many values were dropped. */
export interface ReadBody {
  events: CpeEvent[];
  rejected: RejectedElement[];
  drops: DropCounts;
}

export interface RejectedElement {
  /** Place in the array, or line, from 0. */
  index: number;
  reason: RefusalCode;
}

const ALL_REFUSED = 'No event of the body was accepted.';

/**
 * Reads a body that holds one event.
 * @param index its place among others, where it is a line of a longer body
 */
export function readSingleBody(
  body: Buffer,
  format: ReportFormat,
  request: RequestContext,
  index = 0,
): ReadBody | Refusal {
  const text = decodeJsonText(body);
  return typeof text === 'string' ? readSingleText(text, index, format, request) : text;
}

function readSingleText(
  text: string,
  index: number,
  format: ReportFormat,
  request: RequestContext,
): ReadBody | (Refusal & { rejected?: RejectedElement[] }) {
  if (isNested(text) && isDeeperThan(text, NESTING_LEVELS)) return TOO_DEEP;
  const parsed = parseJsonText(text);
  if (isRefusal(parsed)) return parsed;
  const wrapped = format.shapes?.unwrap(parsed.value);
  if (wrapped !== undefined) return readWrapped(wrapped, format, request);
  const drops: DropCounts = {};
  const event = readReport(parsed.value, text, index, format, request, drops);
  return isRefusal(event) ? event : { events: [event], rejected: [], drops };
}

/**
 * Reads a body that holds an array of events, or one event. A bad element refuses itself and not its neighbours; a
 * body of which every element is refused is refused with the list in `rejected`.
 */
export function readArrayBody(
  body: Buffer,
  format: ReportFormat,
  request: RequestContext,
): ReadBody | (Refusal & { rejected?: RejectedElement[] }) {
  const text = decodeJsonText(body);
  if (typeof text !== 'string') return text;
  if (!/^\s*\[/.test(text)) return readSingleText(text, 0, format, request);

  const elements = readElements(text);
  if (isRefusal(elements)) return elements;
  return readAll(elements, format, request);
}

/** Events that one object wraps, each by itself. */
function readWrapped(
  events: readonly object[],
  format: ReportFormat,
  request: RequestContext,
): ReadBody | (Refusal & { rejected?: RejectedElement[] }) {
  if (events.length > ARRAY_EVENTS) return TOO_MANY;
  return readAll(
    { texts: events.map((event) => JSON.stringify(event)), values: [...events] },
    format,
    request,
  );
}

function readAll(
  { texts, values }: ArrayElements,
  format: ReportFormat,
  request: RequestContext,
): ReadBody | (Refusal & { rejected?: RejectedElement[] }) {
  const read: ReadBody = { events: [], rejected: [], drops: {} };
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const event =
      value === TOO_DEEP ? TOO_DEEP : readReport(value, texts[index]!, index, format, request, read.drops);
    if (isRefusal(event)) read.rejected.push({ index, reason: event.code });
    else read.events.push(event);
  }
  if (values.length > 0 && read.events.length === 0) {
    return { ...refuse('all_events_refused', ALL_REFUSED), rejected: read.rejected };
  }
  return read;
}

/** Whether anything lies inside the object that a text of one event should be. Most bodies are flat. */
const isNested = (text: string): boolean => text.includes('{', 1) || text.includes('[');
