import type { ExtraValue } from '@cpemon/domain';
import { EXTRA_VALUE_CHARACTERS } from '../body-limits.js';
import { countDrop, type DropCounts } from '../drop-reasons.js';
import { createExtraFields } from '../extra-fields.js';
import { refuse, type Refusal } from '../refusal.js';
import { isCorrelationId, isTraceparent } from '../request-marks.js';

/** The attributes of a CloudEvent (CloudEvents 1.0.2, section 3.1) that were checked, and the rest of them. */
export interface Envelope {
  id: string;
  source: string;
  type: string;
  subject?: string;
  time?: unknown;
  /** Lower case, without parameters; absent: JSON. */
  dataContentType?: string;
  traceparent?: string;
  correlationId?: string;
  extensions?: Record<string, ExtraValue>;
}

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** A source may be the address of a system, with the password for it. */
const USER_INFORMATION = /\/\/[^/@]*@/;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
/** Read here, and members of the JSON form that are no attributes. */
const KNOWN = new Set([
  ...REQUIRED,
  ...['subject', 'time', 'datacontenttype', 'dataschema', 'traceparent', 'correlationid'],
  ...['data', 'data_base64'],
]);
/** "correlationId" is no name that an attribute may have, and people write it all the same. */
const CORRELATION_NAMES = ['correlationid', 'correlationId'] as const;

const MISSING = Object.fromEntries(
  REQUIRED.map((name) => [
    name,
    refuse('missing_attribute', `A CloudEvent has the attribute "${name}", a text that is not empty.`),
  ]),
) as Record<(typeof REQUIRED)[number], Refusal>;
const OTHER_VERSION = refuse('unsupported_specversion', 'CloudEvents are read in version 1.0.');
const invalid = (name: string): Refusal =>
  refuse(
    'invalid_attribute',
    `The attribute "${name}" is a text of at most ${EXTRA_VALUE_CHARACTERS} characters, none of them a control character.`,
  );

/**
 * Checks the attributes of one event. What is required must be there and right; of the rest a bad one loses only itself.
 * @param attributes by name, as the JSON form has them or the headers without their prefix
 * @param drops counted up by what was dropped
 */
export function readEnvelope(attributes: Record<string, unknown>, drops: DropCounts): Envelope | Refusal {
  for (const name of REQUIRED) {
    const value = attributes[name];
    if (value === undefined || value === null || value === '') return MISSING[name];
    if (!isText(value)) return invalid(name);
  }
  if (attributes['specversion'] !== '1.0') return OTHER_VERSION;
  const { subject, time, datacontenttype, traceparent } = attributes;
  if (subject !== undefined && subject !== null && !isText(subject)) return invalid('subject');
  const envelope: Envelope = {
    id: attributes['id'] as string,
    source: (attributes['source'] as string).replace(USER_INFORMATION, '//'),
    type: attributes['type'] as string,
  };
  if (typeof subject === 'string' && subject !== '') envelope.subject = subject;
  if (time !== undefined && time !== null) envelope.time = time;
  if (typeof datacontenttype === 'string' && datacontenttype !== '') {
    envelope.dataContentType = datacontenttype.split(';', 1)[0]!.trim().toLowerCase();
  }
  if (isTraceparent(traceparent)) envelope.traceparent = traceparent;
  const correlationId = CORRELATION_NAMES.map((name) => attributes[name]).find(isCorrelationId);
  if (correlationId !== undefined) envelope.correlationId = correlationId;
  const extensions = readExtensions(attributes, drops);
  if (extensions !== undefined) envelope.extensions = extensions;
  return envelope;
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= EXTRA_VALUE_CHARACTERS && !UNPRINTABLE.test(value);

function readExtensions(
  attributes: Record<string, unknown>,
  drops: DropCounts,
): Record<string, ExtraValue> | undefined {
  const extra = createExtraFields();
  for (const name of Object.keys(attributes)) {
    if (KNOWN.has(name) || name === 'correlationId') continue;
    const dropped = extra.add(name, attributes[name]);
    if (dropped !== undefined) countDrop(drops, dropped);
  }
  return extra.kept();
}
