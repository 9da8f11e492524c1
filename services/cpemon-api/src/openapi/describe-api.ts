import { createCpemonApi, type CpemonApi, type CpemonApiOptions } from '../app.js';
import { createRouteBook } from '../routes/route-book.js';
import { apiDocument } from './api-document.js';
import { API_VERSION } from './document-routes.js';

const never = (): never => {
  throw new Error('These routes are looked at, and not asked');
};

/** Options with which cpemon-api has every route it can have, and none that could answer. */
const EVERY_ROUTE: CpemonApiOptions = {
  ...{ ingest: 'none', readTokens: 'none', bulkdata: never as never },
  appender: { append: never, encoded: never as never },
  metrics: { path: () => ({}) } as never,
  reads: { pipeline: never, fleet: never, devices: never, device: never, fleetBy: never },
  readHistory: never,
  operating: { operators: [], viewerTokens: [], read: never, act: never },
  inventory: { runner: {} as never, folder: '/nowhere' },
  directory: { use: never, stop: never },
  stream: { hasRoom: never, join: never, viewers: never, stop: never },
  logger: {} as never,
};

/** The document of the API with every route there can be, without a service that runs. */
export function describeApi(): { document: ReturnType<typeof apiDocument>; routes: CpemonApi['routes'] } {
  const book = createRouteBook();
  const { routes } = createCpemonApi({ ...EVERY_ROUTE, book });
  return { document: apiDocument(book.routes(), API_VERSION), routes };
}
