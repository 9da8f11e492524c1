import {
  FINDING_KINDS,
  LONGEST_SERIAL_NUMBER,
  QUARANTINE_REASONS,
  TEST_EVENT_TYPE,
  type FindingKind,
  type QuarantineReason,
} from '@cpemon/domain';
import { compileSchema } from './schema-validator.js';

/** What operators ask of the log over HTTP: queries and bodies, closed to names that mean nothing. */

const LONGEST_REASON = 255;
/** Dead letters that one request may name. */
const MOST_POSITIONS = 10_000;
const MOST_LANES = 1024;
const LARGEST_GENERATION = 4_294_967_295;

const line = (maxLength: number, description: string) => ({
  ...{ type: 'string', minLength: 1, maxLength, pattern: '^[^\\p{Cc}\\p{Cs}]*$' },
  description,
});
const time = (description: string) => ({ type: 'string', format: 'date-time', maxLength: 40, description });

const group = { type: 'string', pattern: '^[\\x21-\\x7e]{1,32}$', description: 'Consumer group; state' };
const reason = {
  ...line(LONGEST_REASON, 'Why, for whoever reads the audit'),
  pattern: '^[^\\p{Cc}\\p{Cs}]*[^\\p{Cc}\\p{Cs}\\s][^\\p{Cc}\\p{Cs}]*$',
};
const position = { type: 'string', maxLength: 40, description: '<generation>-<lane>-<sequence>' };
const limit = { type: 'string', pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$', description: '1 to 500; 50' };
const cursor = { type: 'string', maxLength: 400, description: 'next_cursor of the page before' };

export const PARKED_REASONS = ['refused', 'data_error', 'unknown_type'] as const;

const FILTER_PROPERTIES = {
  state: { enum: ['dead', 'requeue', 'discard', 'applied', 'discarded'] },
  device: line(LONGEST_SERIAL_NUMBER, 'Serial number'),
  reason: { enum: PARKED_REASONS },
  type: line(64, `Type of the event, such as ${TEST_EVENT_TYPE}`),
  cause: line(200, 'Part of the cause'),
  from: time('Died at this time or later'),
  until: time('Died before this time'),
} as const;

export interface DeadLetterFilterRequest {
  state?: 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded';
  device?: string;
  reason?: (typeof PARKED_REASONS)[number];
  type?: string;
  cause?: string;
  from?: string;
  until?: string;
}

interface PageRequest {
  group?: string;
  limit?: string;
  cursor?: string;
}

export type DeadLetterQuery = DeadLetterFilterRequest & PageRequest;
export type ParkedQuery = { reason?: (typeof PARKED_REASONS)[number] } & PageRequest;
export type FindingsQuery = { kind?: FindingKind; device?: string } & Pick<PageRequest, 'limit' | 'cursor'>;
export type QuarantineQuery = { reason?: QuarantineReason; state?: 'waiting' | 'released' } & Pick<
  PageRequest,
  'limit' | 'cursor'
>;
/** One of `device` and `all`. */
export interface ReleaseRequest {
  device?: string;
  all?: true;
  reason: string;
}
export interface AuditQuery extends PageRequest {
  actor?: string;
  action?: string;
  from?: string;
  until?: string;
}

/** Body of `POST /v1/dead-letters/requeue` and `/discard`: exactly one of the three. */
export interface DeadLettersRequest {
  group?: string;
  positions?: string[];
  filter?: DeadLetterFilterRequest;
  all?: true;
}

export interface ReplayRequest {
  group?: string;
  from: string;
  until?: string;
  reason: string;
}

/** Body of `POST /v1/rebuild`: exactly one of lanes and all. */
export interface RebuildRequest {
  group?: string;
  lanes?: number[];
  all?: true;
  reason: string;
}

export interface SkipRequest {
  group?: string;
  generation?: number;
  lane: number;
  to: number;
  reason: string;
}

export interface GenerationRequestBody {
  lanes: number;
  reason: string;
}

/** Body of `POST /v1/erasures`. `oui` and `product_class` name one of several devices with a serial number, `all` all. */
export interface EraseRequest {
  device: string;
  oui?: string;
  product_class?: string;
  all?: true;
  /** What the inventory knows of it goes as well. */
  inventory?: boolean;
  reason: string;
}

/** Tombstones as they are kept beside backups; hashes and secrets as base64. */
export interface TombstoneFile {
  keys: string[];
  items: {
    erasure: string;
    key: string;
    subject: string;
    identity?: string;
    position: [generation: number, lane: number, sequence: number];
    erased_at: string;
  }[];
}

/** A request that is right, or what is wrong with it. */
export type ReadRequest<T> = { request: T; problem?: never } | { problem: string };

/** Checks what came with a request. Numbers of a query stay text. */
export interface RequestReader<T> {
  (value: unknown): ReadRequest<T>;
  /** What it checks, as JSON Schema of an object: the same that the document of the API shows. */
  readonly schema: RequestSchema;
}

export interface RequestSchema {
  properties: Readonly<Record<string, object>>;
  patternProperties?: Readonly<Record<string, object>>;
  required?: readonly string[];
  type?: 'object';
  additionalProperties?: boolean;
}

/** @param exactlyOne names of which a request has one and no other */
export function requestReader<T extends object>(
  given: RequestSchema,
  exactlyOne?: readonly string[],
): RequestReader<T> {
  const closed = { type: 'object', additionalProperties: false, ...given } as const;
  const isRight = compileSchema(closed);
  const schema: RequestSchema =
    exactlyOne === undefined
      ? closed
      : {
          ...closed,
          ...{ oneOf: exactlyOne.map((name) => ({ required: [name], properties: { [name]: true } })) },
        };
  const read = (value: unknown): ReadRequest<T> => {
    if (isRight(value)) {
      const request = value as T;
      if (exactlyOne === undefined || exactlyOne.filter((name) => name in request).length === 1)
        return { request };
      return { problem: `The request must have exactly one of ${exactlyOne.join(', ')}.` };
    }
    const [error] = isRight.errors ?? [];
    const where = (error?.instancePath ?? '').slice(1).replaceAll('/', '.');
    const unknown = (error?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
    const what = unknown === undefined ? (error?.message ?? 'is not right') : `has no member "${unknown}"`;
    return { problem: `${where === '' ? 'The request' : where} ${what.slice(0, 200)}.` };
  };
  return Object.assign(read, { schema });
}

const lanes = { type: 'integer', minimum: 1, maximum: MOST_LANES };
const lane = { type: 'integer', minimum: 0, maximum: 65_535 };

/** Tombstones that one request may bring: its body stays within what is read. */
const MOST_TOMBSTONES = 1000;
const HASH = { type: 'string', pattern: '^[A-Za-z0-9+/]{43}=$', description: '32 bytes, base64' };

/** Every reader by the request it is of. */
export const OPERATOR_REQUESTS = {
  deadLetterQuery: requestReader<DeadLetterQuery>({
    properties: { ...FILTER_PROPERTIES, group, limit, cursor },
  }),
  parkedQuery: requestReader<ParkedQuery>({
    properties: { reason: FILTER_PROPERTIES.reason, group, limit, cursor },
  }),
  auditQuery: requestReader<AuditQuery>({
    properties: {
      ...{ actor: line(128, 'Who'), action: line(48, 'What was done') },
      ...{ from: time('From this time on'), until: time('Before this time'), limit, cursor },
    },
  }),
  findingsQuery: requestReader<FindingsQuery>({
    properties: { kind: { enum: FINDING_KINDS }, device: FILTER_PROPERTIES.device, limit, cursor },
  }),
  quarantineQuery: requestReader<QuarantineQuery>({
    properties: {
      reason: { enum: QUARANTINE_REASONS },
      state: { enum: ['waiting', 'released'] },
      limit,
      cursor,
    },
  }),
  release: requestReader<ReleaseRequest>(
    { required: ['reason'], properties: { device: FILTER_PROPERTIES.device, all: { const: true }, reason } },
    ['device', 'all'],
  ),
  groupAndLimit: requestReader<{ group?: string; limit?: string }>({ properties: { group, limit } }),
  deadLetters: requestReader<DeadLettersRequest>(
    {
      properties: {
        group,
        positions: { type: 'array', minItems: 1, maxItems: MOST_POSITIONS, items: position },
        filter: {
          ...{ type: 'object', minProperties: 1, additionalProperties: false },
          properties: FILTER_PROPERTIES,
        },
        all: { const: true },
      },
    },
    ['positions', 'filter', 'all'],
  ),
  group: requestReader<{ group?: string }>({ properties: { group } }),
  replay: requestReader<ReplayRequest>({
    required: ['from', 'reason'],
    properties: { group, from: time('First event'), until: time('Before this time; now'), reason },
  }),
  rebuild: requestReader<RebuildRequest>(
    {
      required: ['reason'],
      properties: {
        group,
        lanes: { type: 'array', minItems: 1, maxItems: MOST_LANES, uniqueItems: true, items: lane },
        all: { const: true },
        reason,
      },
    },
    ['lanes', 'all'],
  ),
  skip: requestReader<SkipRequest>({
    required: ['lane', 'to', 'reason'],
    properties: {
      ...{ group, lane, reason },
      generation: { type: 'integer', minimum: 1, maximum: LARGEST_GENERATION },
      to: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    },
  }),
  generation: requestReader<GenerationRequestBody>({
    required: ['lanes', 'reason'],
    properties: { lanes, reason },
  }),
  reason: requestReader<{ reason: string }>({ required: ['reason'], properties: { reason } }),
  erase: requestReader<EraseRequest>({
    required: ['device', 'reason'],
    properties: {
      device: FILTER_PROPERTIES.device,
      oui: line(16, 'OUI of one of several devices with the serial number'),
      product_class: line(64, 'As oui'),
      all: { const: true, description: 'All devices with the serial number' },
      inventory: {
        type: 'boolean',
        description: 'Its box, keys and line in the inventory go as well; false',
      },
      reason,
    },
  }),
  erasuresQuery: requestReader<{ state?: 'asked' | 'erasing' | 'done'; limit?: string; cursor?: string }>({
    properties: { state: { enum: ['asked', 'erasing', 'done'] }, limit, cursor },
  }),
  nothing: requestReader<Record<never, never>>({ properties: {} }),
  tombstonePage: requestReader<{ limit?: string; cursor?: string }>({ properties: { limit, cursor } }),
  tombstonePlace: requestReader<{ cursor?: string }>({ properties: { cursor } }),
  tombstones: requestReader<TombstoneFile>({
    required: ['keys', 'items'],
    properties: {
      keys: { type: 'array', maxItems: 100, items: HASH },
      items: {
        ...{ type: 'array', minItems: 1, maxItems: MOST_TOMBSTONES },
        items: {
          ...{ type: 'object', additionalProperties: false },
          required: ['erasure', 'key', 'subject', 'position', 'erased_at'],
          properties: {
            erasure: { type: 'string', pattern: '^[\\x21-\\x7e]{1,40}$' },
            key: { type: 'string', pattern: '^[0-9a-f]{16}$' },
            subject: HASH,
            identity: HASH,
            position: {
              ...{ type: 'array', minItems: 3, maxItems: 3 },
              items: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
            },
            erased_at: time('When the erasure was received'),
          },
        },
      },
    },
  }),
};
