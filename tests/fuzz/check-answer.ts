import { REFUSAL_STATUS, isRefusal, type RefusalCode } from '@cpemon/contracts';
import { readEnvelope } from '@cpemon/cwmp';
import { EVENT_TYPES, pathOfSource, type CpeEvent } from '@cpemon/domain';
import type { WireAnswer } from './wire-client';

const problemIf = (wrong: boolean, sentence: string): string[] => (wrong ? [sentence] : []);

/** What is wrong with an answer: it is none of those that are documented for its path. */
export function wrongInAnswer(path: string, answer: WireAnswer): string[] {
  const { status, headers, body } = answer;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/problem+json')) return wrongInProblem(status, body);
  const onCwmp = path.startsWith('/cwmp');
  if (status === 204) {
    return [
      ...problemIf(path.startsWith('/acs/webhook'), '204 for a webhook'),
      ...problemIf(body.length > 0, '204 with a body'),
    ];
  }
  if (status === 200 && onCwmp) return wrongInEnvelope(body);
  if (status === 202 && /^\/(acs\/webhook|v1\/events)/.test(path)) return wrongInReceipt(body, ['queued']);
  // A report without anything in it is taken, and is none.
  if (status === 200 && path.startsWith('/v1/bulkdata')) return wrongInReceipt(body, ['queued', 'empty']);
  return [`status ${status} of type "${type}"`];
}

function wrongInProblem(status: number, body: Buffer): string[] {
  const problem = parseJson(body) as { status?: unknown; code?: unknown } | undefined;
  if (problem === undefined) return ['a problem that is no JSON'];
  const expected = REFUSAL_STATUS[problem.code as RefusalCode] as number | undefined;
  return [
    ...problemIf(status >= 500, `status ${status}`),
    ...problemIf(expected === undefined, `the code ${String(problem.code)}`),
    ...problemIf(expected !== status || problem.status !== status, `${String(problem.code)} with ${status}`),
  ];
}

/** What we send is XML that any parser reads. */
function wrongInEnvelope(body: Buffer): string[] {
  const read = readEnvelope(body, 'text/xml; charset=utf-8');
  const known = !isRefusal(read) || read.code === 'unexpected_message';
  return problemIf(!known, `an answer that is ${isRefusal(read) ? read.code : ''}`);
}

function wrongInReceipt(body: Buffer, said: readonly string[]): string[] {
  const receipt = parseJson(body) as { status?: string } | undefined;
  return problemIf(!said.includes(receipt?.status ?? ''), `a receipt that does not say ${said.join(' or ')}`);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** More than an event can have, whatever a CPE sends: those that come into the log are bounded. */
const EVENT_BYTES = 2 * 1024 * 1024;
/** Columns of the device tables and the bound of the log's identity. */
const SUBJECT_CHARACTERS = 64;
const ID_CHARACTERS = 128;

/** What is wrong with an event that was let into the log. */
export function wrongInEvent(event: CpeEvent): string[] {
  const text = JSON.stringify(event);
  return [
    ...problemIf(!EVENT_TYPES.includes(event.type), `type ${event.type}`),
    ...problemIf(pathOfSource(event.source) === undefined, `source ${event.source}`),
    ...problemIf(
      !/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(event.subject),
      `subject ${JSON.stringify(event.subject)}`,
    ),
    ...problemIf(event.subject.length > SUBJECT_CHARACTERS, 'a long subject'),
    ...problemIf(event.id.length === 0 || event.id.length > ID_CHARACTERS, `id ${event.id}`),
    ...problemIf(event.time !== undefined && Number.isNaN(Date.parse(event.time)), `time ${event.time}`),
    ...problemIf(text.length > EVENT_BYTES, `${text.length} characters`),
    ...problemIf(text.includes('"__proto__":'), 'a key __proto__'),
    ...problemIf(
      Object.values(event.data.metrics ?? {}).some((value) => !Number.isFinite(value)),
      'a metric that is no number',
    ),
  ];
}

/** Names that somebody managed to put on every object. */
export const pollution = (): string[] =>
  Object.keys(Object.prototype).map((name) => `Object.prototype.${name} was set`);
