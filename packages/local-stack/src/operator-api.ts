import { createReadStream } from 'node:fs';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';

/** Where the API is, and the token of an operator. */
export interface ApiAddress {
  url: string;
  token: string;
}

/** The API did not do what was asked; the message begins with its stable code. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

export type Query = Readonly<Record<string, string | undefined>>;

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** The operator routes of cpemon-api. Every method throws RefusedError, or an Error when nobody answers. */
export interface OperatorApi {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body?: object): Promise<T>;
  /** Sends a file. */
  upload<T>(path: string, query: Query, file: { path: string; type: string }): Promise<T>;
  /** An answer that is no JSON, as it comes. */
  download(path: string, query: Query): Promise<ReadableStream<Uint8Array>>;
  /** The first `limit` items of a list, whatever the size of a page. */
  list<Item>(path: string, query: Query, limit: number): Promise<Page<Item>>;
}

/** A large file on a slow link. */
const FILE_WITHIN_MS = 3_600_000;
/** Asking for many dead letters may take a while. */
const ANSWER_WITHIN_MS = 60_000;
const LARGEST_PAGE = 500;

export function createOperatorApi({ url, token }: ApiAddress): OperatorApi {
  const headers = { authorization: `Bearer ${token}`, ...whoAsks() };

  const send = async (path: string, query: Query, init: RequestInit, withinMs: number): Promise<Response> => {
    const address = new URL(path, url);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, value);
    }
    let response: Response;
    try {
      response = await fetch(address, { ...init, signal: AbortSignal.timeout(withinMs) });
    } catch (error) {
      const { cause, message } = error as Error;
      const why = cause instanceof Error ? cause.message : message;
      throw new Error(`cpemon-api does not answer at ${url}: ${why}`, { cause: error });
    }
    if (response.ok) return response;
    throw refusalOf(response.status, await response.text());
  };
  const ask = async <T>(
    path: string,
    query: Query,
    init: RequestInit,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<T> => (await (await send(path, query, init, withinMs)).json()) as T;

  const api: OperatorApi = {
    get: (path, query = {}) => ask(path, query, { headers }),
    post: (path, body = {}) =>
      ask(
        path,
        {},
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
      ),
    upload: (path, query, { path: file, type }) =>
      ask(
        path,
        query,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': type },
          body: Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
          duplex: 'half',
        },
        FILE_WITHIN_MS,
      ),
    async download(path, query) {
      const { body } = await send(path, query, { headers }, FILE_WITHIN_MS);
      if (body === null) throw new Error(`cpemon-api answers nothing for ${path}`);
      return body;
    },
    async list<Item>(path: string, query: Query, limit: number) {
      const items: Item[] = [];
      let cursor: string | undefined;
      for (;;) {
        const size = String(Math.min(limit - items.length, LARGEST_PAGE));
        const page = await api.get<Page<Item>>(path, { ...query, limit: size, cursor });
        items.push(...page.items);
        if (page.next_cursor === null || items.length >= limit)
          return { items, next_cursor: page.next_cursor };
        cursor = page.next_cursor;
      }
    },
  };
  return api;
}

function refusalOf(status: number, text: string): RefusedError {
  try {
    const { code, detail, title } = JSON.parse(text) as { code: string; detail?: string; title?: string };
    return new RefusedError(status, code, detail ?? title ?? `HTTP ${status}`);
  } catch {
    return new RefusedError(status, `http_${status}`, text.slice(0, 200));
  }
}

/** Several people may share the token of a stack; the audit then tells them apart. */
function whoAsks(): Record<string, string> {
  try {
    const { username } = userInfo();
    return /^[\x21-\x7e]{1,60}$/.test(username) ? { 'x-operator': username } : {};
  } catch {
    // A user without an entry in the password file has no name.
    return {};
  }
}
