import { LARGEST_ANSWER_BYTES, LONGEST_ADDRESS_CHARACTERS, NBI_TIMEOUT_MS } from './limits.js';
import type { Pace } from './pace.js';
import { NotNowError } from './patience.js';

/** A document of GenieACS' database, as its north-bound interface shows it. */
export type NbiDocument = Record<string, unknown> & { _id: string };

export interface NbiQuery {
  collection: 'devices' | 'faults';
  /** In the query language of MongoDB. */
  query: object;
  sort: Record<string, 1 | -1>;
  limit: number;
  /** Paths to be told of; all of a document when empty. */
  projection: readonly string[];
}

export interface NbiAnswer {
  documents: NbiDocument[];
  /** How many match without the limit; undefined when the NBI does not say. */
  total: number | undefined;
}

/**
 * Reads one page. It only ever sends GET.
 * @throws NotNowError, AnswerTooLargeError, or an Error with a sentence for what another try will not mend
 */
export type NbiClient = (query: NbiQuery, signal: AbortSignal) => Promise<NbiAnswer>;

/** Fewer documents fit. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
}

export interface NbiOptions {
  /** Without credentials: "http://acs.example.net:7557". */
  url: string;
  /** The value of an Authorization header, where a proxy in front of the NBI wants one. */
  authorization?: string;
  pace: Pace;
  timeoutMs?: number;
  largestAnswerBytes?: number;
}

export function createNbiClient({
  url,
  authorization,
  pace,
  timeoutMs = NBI_TIMEOUT_MS,
  largestAnswerBytes = LARGEST_ANSWER_BYTES,
}: NbiOptions): NbiClient {
  const base = url.endsWith('/') ? url : `${url}/`;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (authorization !== undefined) headers['authorization'] = authorization;

  return async (query, signal) => {
    const address = addressOf(base, query);
    await pace(signal);
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(address, { headers, signal: AbortSignal.any([signal, deadline]) });
      if (!response.ok) {
        await response.body?.cancel();
        throw failureOf(response, url);
      }
      const total = Number(response.headers.get('total') ?? NaN);
      return {
        documents: readDocuments(await readText(response, largestAnswerBytes), url),
        total: Number.isNaN(total) ? undefined : total,
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NotNowError || error instanceof AnswerTooLargeError) throw error;
      if (error instanceof FinalError) throw error;
      if (deadline.aborted)
        throw new NotNowError(`The NBI at ${url} did not answer within ${timeoutMs / 1000} s`);
      throw new NotNowError(`The NBI at ${url} does not answer: ${causeOf(error)}`);
    }
  };
}

/** Another try gives the same. */
class FinalError extends Error {}

function addressOf(base: string, { collection, query, sort, limit, projection }: NbiQuery): URL {
  const address = new URL(`${collection}/`, base);
  address.searchParams.set('query', JSON.stringify(query));
  address.searchParams.set('sort', JSON.stringify(sort));
  address.searchParams.set('limit', String(limit));
  // Commas may stand in a query as they are, and a long list is a third shorter so.
  const wanted = projection.length === 0 ? '' : `&projection=${projection.map(encodeURIComponent).join(',')}`;
  const whole = new URL(address.href + wanted);
  if (whole.href.length > LONGEST_ADDRESS_CHARACTERS) {
    throw new FinalError(
      `The list of parameters is too long: the NBI's address would have ${whole.href.length} characters, ` +
        `${LONGEST_ADDRESS_CHARACTERS} may be`,
    );
  }
  return whole;
}

function failureOf({ status, headers }: Response, url: string): Error {
  const again = status >= 500 || status === 408 || status === 429;
  if (!again) return new FinalError(`The NBI at ${url} refuses the request: HTTP ${status}`);
  const seconds = Number(headers.get('retry-after') ?? 0);
  return new NotNowError(`The NBI at ${url} answers HTTP ${status}`, seconds > 0 ? seconds * 1000 : 0);
}

async function readText(response: Response, largestBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > largestBytes)
      throw new AnswerTooLargeError(`The NBI's answer has more than ${largestBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** GenieACS sends a page as it reads it: one that breaks off is no JSON. */
function readDocuments(text: string, url: string): NbiDocument[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotNowError(`The NBI at ${url} sent ${text.length} characters that are no whole JSON`);
  }
  if (!Array.isArray(value)) throw new FinalError(`What answers at ${url} is no NBI: it sent no array`);
  return value.filter(
    (one: NbiDocument | null): one is NbiDocument => typeof one === 'object' && typeof one?._id === 'string',
  );
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  if (cause instanceof AggregateError) return String((cause.errors[0] as Error | undefined)?.message);
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
