import { BULK_DATA_TYPE, readPushedReports } from '@cpemon/bulkdata';
import {
  HEARTBEAT_FORMAT,
  TELEMETRY_FORMAT,
  WEBHOOK_FORMAT,
  createEventKinds,
  isRefusal,
  readArrayBody,
  readCloudEvents,
  readSingleBody,
  type CloudEventRules,
  type ReadBody,
  type ReportFormat,
} from '@cpemon/contracts';
import { completeEvent } from '@cpemon/cwmp';
import type { CpeEvent, ParameterValues } from '@cpemon/domain';
import { explainedEvent } from './explained-event.js';
import { MOST_EVENTS, type ExplainOptions, type Explanation } from './explanation.js';
import { requestContext } from './request-context.js';
import { traceFields, type ReadReport } from './trace-fields.js';

/** JSON in our own words, of an ACS or as CloudEvents. */
export function explainJson(
  body: Buffer,
  shape: 'heartbeat' | 'webhook' | 'cloudevents',
  options: ExplainOptions,
  explanation: Explanation,
): void {
  const elements = elementsOf(body);
  const read =
    shape === 'cloudevents' ? readEvents(body, options) : readReports(body, shape, elements, options);
  if (isRefusal(read)) {
    const { code, detail } = read;
    explanation.refusal = { code, detail };
    explanation.rejected = 'rejected' in read ? (read.rejected ?? []) : [];
    return;
  }
  explanation.rejected = read.rejected;
  explanation.drops = read.drops;
  explanation.further = Math.max(0, read.events.length - MOST_EVENTS);
  // As many elements as events: each is its own, in order.
  const isOneToOne = elements.length === read.events.length + read.rejected.length;
  const refused = new Set(read.rejected.map(({ index }) => index));
  const taken = isOneToOne ? elements.filter((_element, index) => !refused.has(index)) : [];
  for (const [index, event] of read.events.slice(0, MOST_EVENTS).entries()) {
    const raw: ParameterValues = { ...event.data.parameters };
    const sender = {
      manufacturer: event.data.attributes?.manufacturer ?? '',
      oui: event.oui ?? '',
      productClass: event.productclass ?? '',
    };
    if (shape === 'webhook') completeEvent(event, read.drops);
    const fields = fieldsOf(taken[index], shape, event, options);
    explanation.events.push({ ...explainedEvent(event, raw, sender), fields });
  }
}

type Element = Record<string, unknown>;

const readEvents = (body: Buffer, options: ExplainOptions): ReturnType<typeof readCloudEvents> =>
  readCloudEvents(body, 'json', {}, cloudEventRules(), requestContext(options));

const cloudEventRules = (): CloudEventRules => ({
  kinds: createEventKinds('refused').set(BULK_DATA_TYPE, readPushedReports),
  longKinds: new Set([BULK_DATA_TYPE]),
});

function readReports(
  body: Buffer,
  shape: 'heartbeat' | 'webhook',
  elements: readonly Element[],
  options: ExplainOptions,
): ReturnType<typeof readArrayBody> {
  const context = requestContext(options);
  if (shape === 'webhook') return readArrayBody(body, WEBHOOK_FORMAT, context);
  const format = formatOf(elements.length);
  if (!isLines(body)) return readArrayBody(body, format, context);
  const all: ReadBody = { events: [], rejected: [], drops: {} };
  for (const [index, line] of linesOf(body).entries()) {
    const read = readSingleBody(Buffer.from(line), format, context, index);
    if (isRefusal(read)) all.rejected.push({ index, reason: read.code });
    else {
      all.events.push(...read.events);
      for (const [reason, count] of Object.entries(read.drops)) {
        const drop = reason as keyof typeof all.drops;
        all.drops[drop] = (all.drops[drop] ?? 0) + count;
      }
    }
  }
  return all;
}

const formatOf = (elements: number): ReportFormat => (elements === 1 ? HEARTBEAT_FORMAT : TELEMETRY_FORMAT);

/** Of our own flat shapes only: of others it is not their fields that count. */
function fieldsOf(
  element: Element | undefined,
  shape: 'heartbeat' | 'webhook' | 'cloudevents',
  event: CpeEvent,
  options: ExplainOptions,
): ReturnType<typeof traceFields> {
  const context = requestContext(options);
  const asBody = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  if (element === undefined) return [];
  if (shape === 'cloudevents') {
    const { data } = element;
    if (typeof data !== 'object' || data === null || event.type === BULK_DATA_TYPE) return [];
    const { time: _time, ...envelope } = element;
    const read: ReadReport = (report) =>
      readCloudEvents(asBody({ ...envelope, data: report }), 'json', {}, cloudEventRules(), context);
    return traceFields({ sn: event.subject, ...data }, read);
  }
  if (!('sn' in element)) return [];
  const format = shape === 'webhook' ? WEBHOOK_FORMAT : HEARTBEAT_FORMAT;
  return traceFields(element, (report) => readSingleBody(asBody(report), format, context));
}

/** The objects of a body, as far as they are JSON. */
function elementsOf(body: Buffer): Element[] {
  const text = textOf(body);
  const parsed = isLines(body) ? linesOf(body).map(parse) : parse(text);
  const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return list.map((element) => (typeof element === 'object' && element !== null ? (element as Element) : {}));
}

/** Newline-delimited JSON, as `/v1/telemetry` takes it. */
function isLines(body: Buffer): boolean {
  const lines = linesOf(body);
  return lines.length > 1 && lines.every((line) => line.startsWith('{') && parse(line) !== undefined);
}

const textOf = (body: Buffer): string =>
  body
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
const linesOf = (body: Buffer): string[] =>
  textOf(body)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
