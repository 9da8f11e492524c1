import type { Random } from '../chaos/random';
import { mutateBytes } from './mutate-bytes';
import { mutateJson } from './mutate-json';
import { chance, pick } from './pick';
import { BULK_CSV_SEEDS, BULK_JSON_SEEDS, CLOUD_EVENT_SEEDS } from './reports-seeds';

/** A request of those that cpemon-api takes beside heartbeats; its body before any Content-Encoding. */
export interface ReportsInput {
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const EVENT_TYPES: readonly string[] = [
  ...['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/json'],
  ...['application/cloudevents+xml', 'application/json; charset=utf-16', 'text/plain', ''],
];
const BULK_PATHS: readonly string[] = [
  ...[
    '/v1/bulkdata?oui=0A1B2C&pc=Router&sn=FUZZ1',
    '/v1/bulkdata?sn=FUZZ2',
    '/v1/bulkdata',
    '/v1/bulkdata?sn=%FF',
  ],
  ...[
    '/v1/bulkdata?sn=FUZZ3&sn=FUZZ4&profile=wifi',
    '/v1/bulkdata?oui=&sn=FUZZ5&name=%00',
    '/v1/bulkdata??sn=&&=x',
  ],
];
const BULK_FORMATS: readonly string[] = ['NameValuePair', 'ObjectHierarchy', 'ParameterPerRow', '"x"', ''];

export function cloudEventsInput(random: Random): ReportsInput {
  const seed = pick(random, CLOUD_EVENT_SEEDS);
  const text = chance(random, 0.9) ? mutateJson(random, seed) : seed;
  if (chance(random, 0.25)) return binaryEvent(random, text);
  const isBatch = text.trimStart().startsWith('[');
  const usual = isBatch ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
  const type = chance(random, 0.85) ? usual : pick(random, EVENT_TYPES);
  return {
    path: '/v1/events',
    headers: type === '' ? {} : { 'Content-Type': type },
    body: maybeBytes(random, text),
  };
}

/** Attributes as headers, as far as a header can hold them. */
function binaryEvent(random: Random, text: string): ReportsInput {
  const headers: Record<string, string> = { 'Content-Type': pick(random, EVENT_TYPES) };
  for (const name of ['specversion', 'id', 'source', 'type', 'subject', 'time', 'traceparent', 'über']) {
    if (chance(random, 0.15)) continue;
    const value = new RegExp(`"${name}":"([^"\\\\]{0,200})"`).exec(text)?.[1] ?? '1.0';
    const key = `ce-${name}`.replace(/[^\w-]/g, '');
    headers[key] = value.replace(/[^\x20-\x7e]/g, '%FF');
  }
  return { path: '/v1/events', headers, body: maybeBytes(random, /"data":(.*)/s.exec(text)?.[1] ?? text) };
}

export function bulkDataInput(random: Random): ReportsInput {
  const path = pick(random, BULK_PATHS);
  const isCsv = chance(random, 0.4);
  const seed = pick(random, isCsv ? BULK_CSV_SEEDS : BULK_JSON_SEEDS);
  const text = isCsv || chance(random, 0.05) ? seed : mutateJson(random, seed);
  const usual = isCsv ? 'text/csv; charset=UTF-8' : 'application/json; charset=UTF-8';
  const headers: Record<string, string> = chance(random, 0.1) ? {} : { 'Content-Type': usual };
  if (chance(random, 0.5)) headers['BBF-Report-Format'] = pick(random, BULK_FORMATS);
  const body =
    isCsv && chance(random, 0.8) ? mutateBytes(random, Buffer.from(text)) : maybeBytes(random, text);
  return { path, headers, body };
}

const maybeBytes = (random: Random, text: string): Buffer =>
  chance(random, 0.15) ? mutateBytes(random, Buffer.from(text)) : Buffer.from(text);
