import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A document of GenieACS' database as its north-bound interface shows it. */
export type FakeDocument = Record<string, unknown> & { _id: string };

/** A north-bound interface of GenieACS over HTTP, with as much of the query language as its readers need. */
export interface FakeNbi {
  url: string;
  devices: FakeDocument[];
  faults: FakeDocument[];
  /** Query strings of the requests so far, decoded. */
  requests: { collection: string; query: string; limit: number; projection: string[] }[];
  /** What happens to the requests to come, one each; then all is well again. */
  fail(...ways: FakeFailure[]): void;
  /** Called before each answer. */
  onRequest?: () => void;
  close(): Promise<void>;
}

/** `cut`: the connection ends in the middle of the page; `hang`: no answer; a number: that status. */
export type FakeFailure = 'cut' | 'hang' | number;

export async function startFakeNbi(
  devices: FakeDocument[] = [],
  faults: FakeDocument[] = [],
): Promise<FakeNbi> {
  const failures: FakeFailure[] = [];
  const server = createServer((request, response) => {
    nbi.onRequest?.();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://nbi');
    const collection = pathname.replaceAll('/', '');
    if (request.method !== 'GET') return void response.writeHead(405).end();
    const documents =
      collection === 'devices' ? nbi.devices : collection === 'faults' ? nbi.faults : undefined;
    if (documents === undefined) return void response.writeHead(404).end('404 Not Found');
    const query = searchParams.get('query') ?? '{}';
    const limit = Number(searchParams.get('limit') ?? Infinity);
    const projection = (searchParams.get('projection') ?? '').split(',').filter((path) => path !== '');
    nbi.requests.push({ collection, query, limit, projection });

    const failure = failures.shift();
    if (failure === 'hang') return;
    if (typeof failure === 'number') return void response.writeHead(failure).end();
    const matching = documents.filter((one) => matches(one, JSON.parse(query) as object));
    matching.sort(orderOf(JSON.parse(searchParams.get('sort') ?? '{}') as Record<string, 1 | -1>));
    const page = matching.slice(0, limit).map((one) => project(one, projection));
    sendPage(response, page, matching.length, failure === 'cut');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const nbi: FakeNbi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    devices,
    faults,
    requests: [],
    fail: (...ways) => failures.push(...ways),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return nbi;
}

/** A device that informed at `lastInform`, with one parameter that the ACS read then. */
export function fakeDevice(number: number, lastInform: string, tags: string[] = []): FakeDocument {
  const serial = `SN${String(number).padStart(6, '0')}`;
  return {
    _id: `00AA11-Model%2DX-${serial}`,
    _deviceId: { _OUI: '00AA11', _ProductClass: 'Model-X', _SerialNumber: serial, _Manufacturer: 'Acme' },
    _lastInform: lastInform,
    _registered: '2025-01-01T00:00:00.000Z',
    _tags: tags,
    Device: {
      _object: true,
      DeviceInfo: {
        _object: true,
        UpTime: { _value: 1000 + number, _type: 'xsd:unsignedInt', _writable: false, _timestamp: lastInform },
        SerialNumber: { _value: serial, _type: 'xsd:string', _writable: false, _timestamp: lastInform },
      },
    },
  };
}

function sendPage(response: ServerResponse, page: object[], total: number, cut: boolean): void {
  response.writeHead(200, { 'Content-Type': 'application/json', total });
  const text = `[\n${page.map((one) => JSON.stringify(one)).join(',\n')}\n]`;
  if (!cut) return void response.end(text);
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}

function matches(document: FakeDocument, query: object): boolean {
  return Object.entries(query).every(([field, condition]: [string, unknown]) => {
    if (field === '$or') return (condition as object[]).some((each) => matches(document, each));
    const value = document[field] as string;
    if (typeof condition !== 'object' || condition === null) return value === condition;
    const { $gt, $gte } = condition as { $gt?: string; $gte?: string };
    return ($gt === undefined || value > $gt) && ($gte === undefined || value >= $gte);
  });
}

function orderOf(sort: Record<string, 1 | -1>): (one: FakeDocument, other: FakeDocument) => number {
  return (one, other) => {
    for (const [field, direction] of Object.entries(sort)) {
      const [a, b] = [one[field] as string, other[field] as string];
      if (a !== b) return (a < b ? -1 : 1) * direction;
    }
    return 0;
  };
}

function project(document: FakeDocument, paths: readonly string[]): object {
  if (paths.length === 0) return document;
  const projected: Record<string, unknown> = { _id: document._id };
  for (const path of paths) copy(document, projected, path.split('.'));
  return projected;
}

function copy(
  from: Record<string, unknown>,
  to: Record<string, unknown>,
  [name = '', ...rest]: string[],
): void {
  if (!(name in from)) return;
  if (rest.length === 0) {
    to[name] = from[name];
    return;
  }
  const inner = (to[name] ??= {}) as Record<string, unknown>;
  copy(from[name] as Record<string, unknown>, inner, rest);
}
