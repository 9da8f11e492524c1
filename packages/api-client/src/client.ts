import { OPERATIONS, type Operations } from './operations.js';

export type OperationName = keyof Operations;

/** What is wrong with a request, as the API says it (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  /** @param code stable: what callers act on; `http_<status>` when the answer was no problem of the API's */
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Seconds after which it may be tried again; null when the API names none. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(detail);
  }
}

export interface ApiClientOptions {
  /** Where cpemon-api is; empty in a page that it serves. */
  url: string;
  /** Sent with every request, such as `authorization`. */
  headers?: Readonly<Record<string, string>>;
  fetch?: typeof fetch;
}

/** What an operation is asked; what it needs none of is left out. */
export type Asked<Name extends OperationName> = Part<'path', Operations[Name]['path']> &
  Part<'query', Operations[Name]['query']> &
  Part<'body', Operations[Name]['body']>;

type Part<Key extends string, Value> = undefined extends Value
  ? Partial<Record<Key, Value>>
  : Record<string, never> extends Value
    ? Partial<Record<Key, Value>>
    : Record<Key, Value>;

export interface ApiClient {
  /** @throws ApiProblem when the API refuses; the error of `fetch` when nobody answers */
  call<Name extends OperationName>(name: Name, asked: Asked<Name>): Promise<Operations[Name]['answer']>;
}

/** Asks cpemon-api, typed by its own document. */
export function createApiClient({ url, headers = {}, fetch: ask = fetch }: ApiClientOptions): ApiClient {
  return {
    async call(name, asked) {
      const { method, path } = OPERATIONS[name];
      const { path: parts = {}, query = {}, body } = asked as Loose;
      const filled = path.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(parts[part] ?? ''));
      const given = Object.entries(query).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      );
      const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
      const isText = typeof body === 'string';
      const answer = await ask(`${url}${filled}${search}`, {
        method,
        headers: {
          ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw problemOf(answer, text);
      const isJson = (answer.headers.get('content-type') ?? '').startsWith('application/json');
      return (text === '' ? undefined : isJson ? JSON.parse(text) : text) as never;
    },
  };
}

interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
}

function problemOf({ status, headers }: Response, text: string): ApiProblem {
  const retryAfter = Number(headers.get('retry-after') ?? NaN);
  const seconds = Number.isFinite(retryAfter) ? retryAfter : null;
  try {
    const { code, detail, title } = JSON.parse(text) as { code: string; detail?: string; title?: string };
    return new ApiProblem(status, code, detail ?? title ?? `HTTP ${status}`, seconds);
  } catch {
    return new ApiProblem(status, `http_${status}`, text.slice(0, 200), seconds);
  }
}
