import {
  identityFromContent,
  identityFromSender,
  readDeviceTime,
  readSerialNumber,
  sourceOfPath,
  TEST_EVENT_TYPE,
  type CpeEvent,
  type EventType,
  type IntakePath,
  type ReportData,
} from '@cpemon/domain';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { ACS_EVENT_SCHEMA } from './acs-event-schema.js';
import { countDrop, type DropCounts, type DropReason } from './drop-reasons.js';
import { eventCodeOf } from './event-codes.js';
import { createExtraFields, type ExtraFields } from './extra-fields.js';
import { HEARTBEAT_SCHEMA } from './heartbeat-schema.js';
import { textWithoutSecrets } from './identity-text.js';
import { isRefusal, refuse, type Refusal } from './refusal.js';
import { ACS_EVENT_FIELDS, HEARTBEAT_FIELDS, type ReportField, type ReportFields } from './report-fields.js';
import { compileSchema } from './schema-validator.js';
import { readTestEvent, type TestEvent } from './test-event.js';
import { salvageValue } from './value-salvage.js';
import { readEventText } from './webhook-shapes/occurrence.js';
import { isOtherShape, translateShape, type TranslatedEvent } from './webhook-shapes/translate-shape.js';
import { unwrapEvents } from './webhook-shapes/wrapped-events.js';

/** A kind of report: what it says, and what becomes of it. */
export interface ReportFormat {
  path: IntakePath;
  source: string;
  type: EventType;
  isRight: ValidateFunction;
  fields: ReportFields;
  /** Names of its time, in order of preference. */
  timeNames: readonly string[];
  /** What becomes of an element that says it is a test event; absent: `type` means nothing here. */
  testEvents?: 'taken' | 'refused';
  /** Further shapes that are understood; absent: the flat one alone. */
  shapes?: {
    /** Whether a field that the flat shape does not know tells of another. */
    isOther(name: string, value: unknown): boolean;
    translate(element: Record<string, unknown>, nowMs: number, drops: DropCounts): TranslatedEvent;
    /** The events of a body that wraps several; undefined for one event. */
    unwrap(body: unknown): Record<string, unknown>[] | undefined;
  };
}

const heartbeat = {
  type: 'cpemon.heartbeat.v1',
  isRight: compileSchema(HEARTBEAT_SCHEMA),
  fields: HEARTBEAT_FIELDS,
  timeNames: ['ts', 'last_seen'],
} as const;

export const HEARTBEAT_FORMAT: ReportFormat = {
  ...heartbeat,
  path: 'heartbeat',
  source: sourceOfPath('heartbeat'),
};

export const TELEMETRY_FORMAT: ReportFormat = {
  ...heartbeat,
  path: 'telemetry',
  source: sourceOfPath('telemetry'),
  testEvents: 'refused',
};

export const WEBHOOK_FORMAT: ReportFormat = {
  path: 'webhook',
  source: sourceOfPath('webhook'),
  type: 'cpemon.acs-event.v1',
  isRight: compileSchema(ACS_EVENT_SCHEMA),
  fields: ACS_EVENT_FIELDS,
  timeNames: ['event_ts', 'ts', 'last_seen'],
  shapes: { isOther: isOtherShape, translate: translateShape, unwrap: unwrapEvents },
};

/** What is known of a request beside its body. */
export interface RequestContext {
  /** Time of receipt on our clock, epoch ms: only to judge whether a device's time is believable. */
  nowMs: number;
  /** A new unique id, for events that cannot be recognised when they come again. */
  randomId: () => string;
  correlationId: string;
  /** W3C trace context, well-formed. */
  traceparent?: string;
  /** Identity of the one event that is read, where its envelope gives one. */
  eventId?: string;
  /** The sender's id for the body (`webhook-id`, `Idempotency-Key`), printable ASCII. */
  senderId?: string;
}

const NOT_AN_OBJECT = refuse('invalid_json', 'An event is a JSON object.');
const REFUSED_SERIAL = {
  missing_sn: refuse('missing_sn', 'The event has no "sn".'),
  invalid_sn: refuse('invalid_sn', '"sn" is 1 to 64 printable ASCII characters.'),
};

/**
 * Turns one element of a body into an event. A right report is taken as it is; in any other each value is checked by
 * itself, and one that is bad loses only itself.
 * @param text the element as it stood in the body
 * @param index its place in the body
 * @param drops counted up by what was dropped
 */
export function readReport(
  element: unknown,
  text: string,
  index: number,
  format: ReportFormat,
  request: RequestContext,
  drops: DropCounts,
): CpeEvent | Refusal {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return NOT_AN_OBJECT;
  let report = element as Record<string, unknown>;
  let test: TestEvent | undefined;
  if (format.testEvents !== undefined && report['type'] === TEST_EVENT_TYPE) {
    const read = readTestEvent(report, format.testEvents);
    if (isRefusal(read)) return read;
    ({ test, report } = read);
  }
  const secretsBefore = drops.secret;
  const flat = readFlat(report, format, request, drops);
  const event = flat ?? readOtherShape(report, format, request, drops);
  if (isRefusal(event)) return event;
  if (test !== undefined) {
    event.type = TEST_EVENT_TYPE;
    event.data.test = test.failure;
  }
  if (request.eventId !== undefined) event.id = request.eventId;
  else if (test?.id !== undefined) event.id = test.id;
  else if (request.senderId !== undefined) event.id = identityFromSender(request.senderId, index);
  else if (event.time === undefined) event.id = request.randomId();
  else {
    const isPlain = flat !== undefined && drops.secret === secretsBefore;
    const content = isPlain ? text : textWithoutSecrets(report);
    event.id = identityFromContent(format.source, event.subject, event.time, content);
  }
  if (request.traceparent !== undefined) event.traceparent = request.traceparent;
  return event;
}

/** @returns undefined when the report has another shape, of which nothing was counted */
function readFlat(
  report: Record<string, unknown>,
  format: ReportFormat,
  request: RequestContext,
  drops: DropCounts,
): CpeEvent | Refusal | undefined {
  const serial = readSerialNumber(report['sn']);
  if (serial.refused !== undefined) {
    if (serial.refused === 'missing_sn' && format.shapes !== undefined) return undefined;
    return REFUSED_SERIAL[serial.refused];
  }
  const event: CpeEvent = {
    id: '',
    source: format.source,
    type: format.type,
    subject: serial.serialNumber,
    correlationid: request.correlationId,
    data: {},
  };
  if (!readFields(report, format, event, drops)) return undefined;
  readTime(report, format, request.nowMs, event, drops);
  return event;
}

function readOtherShape(
  report: Record<string, unknown>,
  format: ReportFormat,
  request: RequestContext,
  drops: DropCounts,
): CpeEvent | Refusal {
  const translated = format.shapes?.translate(report, request.nowMs, drops);
  if (translated === undefined) return REFUSED_SERIAL.missing_sn;
  const { shapes: _shapes, ...flat } = format;
  const event = readFlat(translated.report, flat, request, drops);
  if (event === undefined || isRefusal(event)) return event ?? REFUSED_SERIAL.missing_sn;
  Object.assign(event.data, translated.data);
  return event;
}

/**
 * Puts every field where it belongs; the unknown ones are extra.
 * @returns false, and nothing was counted, when the report has another shape
 */
function readFields(
  report: Record<string, unknown>,
  format: ReportFormat,
  event: CpeEvent,
  drops: DropCounts,
): boolean {
  const { data } = event;
  const { shapes } = format;
  const isRight = format.isRight(report);
  let metrics: ReportData['metrics'];
  let attributes: ReportData['attributes'];
  let extra: ExtraFields | undefined;
  let dropped: DropReason[] | undefined;
  for (const name in report) {
    let value = report[name];
    const field = format.fields.get(name);
    if (field === undefined) {
      if (shapes !== undefined && shapes.isOther(name, value)) return false;
      const reason = (extra ??= createExtraFields()).add(name, value);
      if (reason !== undefined) (dropped ??= []).push(reason);
      continue;
    }
    // Undefined is what another shape has a name for and says nothing of.
    if (value === null || value === undefined) continue;
    if (field.to === 'time' || field.to === 'serial number') continue;
    if (!isRight) {
      if (shapes !== undefined && typeof value === 'object' && namesEvent(field)) return false;
      const salvaged = salvageValue(field, value);
      if ('dropped' in salvaged) {
        (dropped ??= []).push(salvaged.dropped);
        continue;
      }
      value = salvaged.value;
    }
    if (field.to === 'metric') field.put((metrics ??= {}), value as number);
    else if (field.to === 'attribute') {
      if (value !== '') field.put((attributes ??= {}), value as string);
    } else if (field.to === 'observation') {
      if (value !== '') field.put((data.observation ??= { observer: 'other' }), value as string);
    } else putValue(event, field.to, value);
  }
  if (attributes !== undefined) data.attributes = attributes;
  if (metrics !== undefined) data.metrics = metrics;
  const kept = extra?.kept();
  if (kept !== undefined) data.extra = kept;
  if (dropped !== undefined) for (const reason of dropped) countDrop(drops, reason);
  return true;
}

const namesEvent = ({ to }: ReportField): boolean => to === 'event' || to === 'event codes';

/** @param value passed the field's check */
function putValue(event: CpeEvent, to: ReportField['to'], value: unknown): void {
  switch (to) {
    case 'interval':
      event.data.interval_seconds = Math.round(value as number);
      return;
    case 'oui':
      if (value !== '') event.oui = (value as string).toUpperCase();
      return;
    case 'product class':
      if (value !== '') event.productclass = value as string;
      return;
    case 'event codes':
      addEventCodes(event.data, value as string[]);
      return;
    case 'event':
      addEvent(event.data, value as string);
  }
}

/** Codes of an Inform, or a word for what else happened. */
function addEvent(data: ReportData, text: string): void {
  const read = readEventText(text);
  if ('codes' in read) addEventCodes(data, read.codes);
  else data.occurrence = read.occurrence;
}

function addEventCodes(data: ReportData, codes: readonly string[]): void {
  const named = codes.map((code) => eventCodeOf(code) ?? code.trim()).filter((code) => code !== '');
  if (named.length === 0) return;
  data.occurrence ??= 'inform';
  data.event_codes = [...new Set([...(data.event_codes ?? []), ...named])];
}

/** The first believable time; the first unbelievable one is kept as it was sent when there is none. */
function readTime(
  report: Record<string, unknown>,
  { timeNames }: ReportFormat,
  nowMs: number,
  event: CpeEvent,
  drops: DropCounts,
): void {
  let raw: string | undefined;
  for (const name of timeNames) {
    const read = readDeviceTime(report[name], nowMs);
    if (read === undefined) continue;
    if (read.dropped === undefined) {
      event.time = read.time;
      return;
    }
    countDrop(drops, read.dropped);
    raw ??= read.raw;
  }
  if (raw !== undefined && raw !== '') event.data.raw_time = raw;
}
