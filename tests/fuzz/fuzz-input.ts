import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { createRandom, type Random } from '../chaos/random';
import { mutateBytes } from './mutate-bytes';
import { mutateJson } from './mutate-json';
import { mutateXml } from './mutate-xml';
import { chance, pick } from './pick';
import { bulkDataInput, cloudEventsInput } from './reports-input';
import { JSON_SEEDS, XML_SEEDS } from './seeds';

/** One request, and what its body is meant to be. */
export interface FuzzInput {
  kind: 'xml' | 'json' | 'reports';
  path: string;
  headers: Record<string, string>;
  /** As sent: compressed where a header says so, and sometimes where none does. */
  body: Buffer;
  /** The body before that; what a parser alone gets. */
  plain: Buffer;
}

/** Beyond every limit of a body. A mutation that is mutated again may repeat itself to hundreds of megabytes. */
const LONGEST_BODY = 8 * 1024 * 1024;

const XML_TYPES: readonly string[] = [
  ...['text/xml', 'text/xml; charset=utf-8', 'text/xml; charset="ISO-8859-1"', 'application/xml'],
  ...['application/soap+xml; charset=windows-1252', 'text/xml; charset=utf-16', 'text/xml; charset=', ''],
  ...['application/json', 'text/plain'],
];
const JSON_TYPES: readonly string[] = [
  ...['application/json', 'application/json; charset=utf-8', 'text/json', ''],
  ...['application/json; charset=utf-16', 'text/xml', 'application/vnd.x+json'],
];
const XML_PATHS: readonly string[] = [
  '/acs/webhook',
  '/acs/mirror',
  '/cwmp',
  '/cwmp',
  '/cwmp?x=1',
  '/acs/mirror/token',
];
const COOKIES: readonly string[] = [
  ...['session=', 'cpemon=x', 'a=b; c', '=', 'x'.repeat(5000), 'session=eyJhbGciOiJub25lIn0.e30.; Path=/'],
];

/** The input of that number: the same for the same seed, on any machine. */
export function makeInput(seed: number, index: number): FuzzInput {
  const random = createRandom(seed, `input ${index}`);
  if (chance(random, 0.25)) return reportsInput(random);
  const kind = chance(random, 0.7) ? 'xml' : 'json';
  const plain = kind === 'xml' ? xmlBody(random) : jsonBody(random);
  const headers: Record<string, string> = {};
  const type = contentType(random, kind, plain);
  if (type !== undefined) headers['Content-Type'] = type;
  if (kind === 'xml' && chance(random, 0.05)) headers.Cookie = pick(random, COOKIES);
  if (chance(random, 0.1)) headers.SOAPAction = pick(random, ['', '""', 'cwmp:Inform']);
  const path = kind === 'xml' ? pick(random, XML_PATHS) : '/acs/webhook';
  return { kind, path, headers, body: encoded(random, plain.body, headers), plain: plain.body };
}

/** What cpemon-api takes. */
function reportsInput(random: Random): FuzzInput {
  const {
    path,
    headers,
    body: whole,
  } = chance(random, 0.5) ? cloudEventsInput(random) : bulkDataInput(random);
  const body = whole.subarray(0, LONGEST_BODY);
  return { kind: 'reports', path, headers, body: encoded(random, body, headers), plain: body };
}

interface PlainBody {
  body: Buffer;
  contentType: string | undefined;
}

function xmlBody(random: Random): PlainBody {
  const { body, contentType } = pick(random, XML_SEEDS);
  // One character a byte, so that bytes of any charset come back as they were.
  const text = body.toString('latin1');
  const mutated = chance(random, 0.92)
    ? Buffer.from(mutateXml(random, text), chance(random, 0.9) ? 'latin1' : 'utf8')
    : body;
  return { body: maybeBytes(random, mutated), contentType };
}

function jsonBody(random: Random): PlainBody {
  const text = pick(random, JSON_SEEDS);
  const mutated = Buffer.from(chance(random, 0.95) ? mutateJson(random, text) : text);
  return { body: maybeBytes(random, mutated), contentType: undefined };
}

const maybeBytes = (random: Random, body: Buffer): Buffer =>
  (chance(random, 0.2) ? mutateBytes(random, body) : body).subarray(0, LONGEST_BODY);

function contentType(random: Random, kind: 'xml' | 'json', plain: PlainBody): string | undefined {
  const usual = plain.contentType ?? 'application/json';
  if (chance(random, 0.8)) return usual;
  return chance(random, 0.2) ? undefined : pick(random, kind === 'xml' ? XML_TYPES : JSON_TYPES);
}

/** The body under a Content-Encoding that is mostly none, and otherwise true or not. */
function encoded(random: Random, body: Buffer, headers: Record<string, string>): Buffer {
  if (chance(random, 0.9)) return body;
  const told = pick(random, ['gzip', 'deflate', 'x-gzip', 'br', 'identity', 'compress', 'gzip, gzip', '']);
  if (told !== '') headers['Content-Encoding'] = told;
  const compress = pick(random, [gzipSync, gzipSync, deflateSync, deflateRawSync, Buffer.from]);
  const bytes = compress(body);
  return chance(random, 0.2) ? mutateBytes(random, bytes) : bytes;
}
