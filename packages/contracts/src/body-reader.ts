import type { CpeEvent } from '@cpemon/domain';
import { ARRAY_EVENTS, NESTING_LEVELS } from './body-limits.js';
import type { DropCounts } from './drop-reasons.js';
import { decodeJsonText, parseJsonText } from './json-text.js';
import { isDeeperThan, spansOfArray } from './nesting.js';
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

const TOO_DEEP = refuse('too_deep', `More than ${NESTING_LEVELS} objects or arrays inside each other.`);
const TOO_MANY = refuse('too_many_events', `At most ${ARRAY_EVENTS} events a body.`);
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
): ReadBody | Refusal {
  if (isNested(text) && isDeeperThan(text, NESTING_LEVELS)) return TOO_DEEP;
  const parsed = parseJsonText(text);
  if (isRefusal(parsed)) return parsed;
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

  const spans = spansOfArray(text, NESTING_LEVELS, ARRAY_EVENTS);
  if (spans.length > ARRAY_EVENTS) return TOO_MANY;
  const parsed = parseJsonText(withoutDeepElements(text, spans));
  if (isRefusal(parsed)) return parsed;

  const elements = parsed.value as unknown[];
  const read: ReadBody = { events: [], rejected: [], drops: {} };
  for (let index = 0; index < elements.length; index += 1) {
    const span = spans[index]!;
    const event = span.tooDeep
      ? TOO_DEEP
      : readReport(elements[index], text.slice(span.start, span.end), index, format, request, read.drops);
    if (isRefusal(event)) read.rejected.push({ index, reason: event.code });
    else read.events.push(event);
  }
  if (elements.length > 0 && read.events.length === 0) {
    return { ...refuse('all_events_refused', ALL_REFUSED), rejected: read.rejected };
  }
  return read;
}

/** Whether anything lies inside the object that a text of one event should be. Most bodies are flat. */
const isNested = (text: string): boolean => text.includes('{', 1) || text.includes('[');

/** The array's text with null in place of its too deep elements, so that nothing of them is built. */
function withoutDeepElements(text: string, spans: ReturnType<typeof spansOfArray>): string {
  let kept = '';
  let copied = 0;
  for (const { start, end, tooDeep } of spans) {
    if (!tooDeep) continue;
    kept += `${text.slice(copied, start)}null`;
    copied = end;
  }
  return copied === 0 ? text : kept + text.slice(copied);
}
