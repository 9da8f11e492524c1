import { identityFromCloudEvent, readSerialNumber, type CpeEvent, type EventOrigin } from '@cpemon/domain';
import type { DropCounts } from '../drop-reasons.js';
import { decodeJsonText, parseJsonText } from '../json-text.js';
import { isRefusal, refuse, type Refusal } from '../refusal.js';
import type { RequestContext } from '../report-reader.js';
import { readEnvelope, type Envelope } from './envelope.js';
import type { EventKinds } from './event-kinds.js';

const UNKNOWN_TYPE = 'cpemon-api does not take this type. It takes: ';
const NOT_JSON = refuse('unsupported_media_type', 'The data of an event is JSON.');
const INVALID_SUBJECT = refuse('invalid_sn', 'A serial number is 1 to 64 printable ASCII characters.');
const OTHER_DEVICE = refuse(
  'subject_mismatch',
  '"subject" and the serial number in the data are two devices.',
);
const NO_TEXT = refuse('invalid_json', '"data_base64" is not base64.');
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/**
 * Turns one CloudEvent into the events of the log that it stands for: one of each type but bulk data, which may hold
 * reports that were retained.
 * @param attributes by name; of the JSON form with `data` or `data_base64`
 * @param drops counted up by what was dropped
 */
export function readCloudEvent(
  attributes: Record<string, unknown>,
  kinds: EventKinds,
  request: RequestContext,
  drops: DropCounts,
): CpeEvent[] | Refusal {
  const envelope = readEnvelope(attributes, drops);
  if (isRefusal(envelope)) return envelope;
  const kind = kinds.get(envelope.type);
  if (kind === undefined) return refuse('unknown_type', `${UNKNOWN_TYPE}${[...kinds.keys()].join(', ')}.`);
  if (!isJson(envelope.dataContentType)) return NOT_JSON;
  const given = dataOf(attributes);
  if (isRefusal(given)) return given;
  const data = withSubject(given.value, envelope);
  if (isRefusal(data)) return data;

  const { senderId: _ofBody, ...marks } = request;
  const context = { ...marks, eventId: identityFromCloudEvent(envelope.source, envelope.id) };
  if (envelope.correlationId !== undefined) context.correlationId = envelope.correlationId;
  if (envelope.traceparent !== undefined) context.traceparent = envelope.traceparent;
  const events = kind(data.value, envelope, context, drops);
  if (isRefusal(events)) return events;
  const origin: EventOrigin = { source: envelope.source };
  if (envelope.extensions !== undefined) origin.extensions = envelope.extensions;
  for (const event of events) event.data.origin = origin;
  return events;
}

const isJson = (type: string | undefined): boolean =>
  type === undefined || /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type);

/** Wrapped, so that it cannot be taken for a refusal. */
function dataOf(attributes: Record<string, unknown>): { value: unknown } | Refusal {
  const { data, data_base64: base64 } = attributes;
  if (base64 === undefined || base64 === null || data !== undefined) return { value: data ?? {} };
  if (typeof base64 !== 'string' || !BASE64.test(base64)) return NO_TEXT;
  const text = decodeJsonText(Buffer.from(base64, 'base64'));
  return typeof text === 'string' ? parseJsonText(text) : text;
}

/** The data with the device that `subject` names, as a report names it. */
function withSubject(data: unknown, { subject }: Envelope): { value: unknown } | Refusal {
  if (subject === undefined || typeof data !== 'object' || data === null || Array.isArray(data)) {
    return { value: data };
  }
  const named = readSerialNumber(subject);
  if (named.refused !== undefined) return INVALID_SUBJECT;
  const { sn } = data as { sn?: unknown };
  const told = readSerialNumber(sn);
  if (told.refused === 'invalid_sn') return INVALID_SUBJECT;
  if (told.refused === undefined && told.serialNumber !== named.serialNumber) return OTHER_DEVICE;
  return { value: { ...data, sn: subject } };
}
