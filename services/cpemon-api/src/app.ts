import express, { type Express, type Request } from 'express';
import { HEARTBEAT_FORMAT, TELEMETRY_FORMAT } from '@cpemon/contracts';
import {
  KEEP_NO_BODIES,
  allowAnyone,
  answerRouteError,
  createSingleEventRoute,
  createTelemetryRoute,
  methodNotAllowed,
  notFound,
  requireTokenOrSignature,
  type Authenticity,
  type IntakeMetrics,
  type RefusedBodies,
  type RouteHandler,
  type ReadingThread,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import type { BulkdataAccess } from './bulkdata/bulkdata-access.js';
import { createBulkdataRoute } from './bulkdata/bulkdata-route.js';
import { cloudEventRules, createCloudEventsRoute } from './cloud-events-route.js';
import type { IngestAccess } from './config.js';
import { createErasureRoutes } from './erasure/erasure-routes.js';
import type { FleetReads } from './fleet-reads.js';
import type { ReadHistoryOf } from './history-reads.js';
import { createHistoryRoutes } from './history-routes.js';
import type { OperatorRouteOptions } from './operators/operator-router.js';
import { createExplainRoute } from './coverage/explain-route.js';
import { createOperatorRoutes } from './operators/operator-routes.js';
import { createPageRoutes } from './page-routes.js';
import type { LimitedFleet } from './limited-fleet.js';
import type { RateSampler } from './rate-sampler.js';
import { createInventoryRoutes, type InventoryRouteOptions } from './inventory/inventory-routes.js';
import { createReadRoutes } from './read-routes.js';
import { createAccess, type Access } from './access/access.js';
import { createAccessRoutes } from './access/access-routes.js';
import { principalOf } from './access/principal.js';
import type { SessionCookies } from './access/session-cookies.js';
import { createDeviceGates } from './devices/device-gate.js';
import type { DeviceLinkTemplate } from './devices/device-links.js';
import { createDeviceRoutes } from './devices/device-routes.js';
import type { DirectoryKeeper } from './directory/directory-keeper.js';
import { BULKDATA_DESCRIPTIONS, INTAKE_DESCRIPTIONS, OPEN_DESCRIPTIONS } from './intake-words.js';
import { createDocumentRoutes } from './openapi/document-routes.js';
import { nameRequests } from './routes/name-requests.js';
import { createRouteBook, type RouteBook } from './routes/route-book.js';
import type { StreamHub } from './stream/stream-hub.js';
import { createStreamRoutes } from './stream/stream-routes.js';

export interface CpemonApiOptions {
  appender: Pick<WatchedAppender, 'append' | 'encoded'> & Partial<Pick<WatchedAppender, 'turnsAway'>>;
  metrics: IntakeMetrics;
  /** Where bodies that are refused go; nowhere when left out. */
  refusedBodies?: RefusedBodies;
  ingest: IngestAccess;
  /** Who may write, in place of what `ingest` says for short. */
  authenticity?: Authenticity;
  /** Who may send bulk data; absent: that route is not there. */
  bulkdata?: BulkdataAccess;
  reads: FleetReads;
  /** Absent: the route of history is not there. */
  readHistory?: ReadHistoryOf;
  /** Tokens that may read; 'none' when anyone may. */
  readTokens: readonly string[] | 'none';
  rates?: RateSampler;
  /** What operators see and do; absent: those routes are not there. */
  operating?: Omit<OperatorRouteOptions, 'mayRead'>;
  /** Imports of the inventory; with `operating` only. */
  inventory?: Pick<InventoryRouteOptions, 'runner' | 'folder'>;
  /** Takes out what is kept of refused bodies in which a text stands. */
  forgetBodies?: (text: string) => void;
  /** Who may ask what; absent: what the tokens of `readTokens` and `operating` say. */
  access?: Access;
  /** Absent: nobody can log in. */
  sessions?: SessionCookies;
  /** The names of all devices; with `operating` only. Absent: the routes of devices are not there. */
  directory?: DirectoryKeeper;
  /** What those see who see a part of the fleet; absent: nothing of it. */
  limitedFleet?: LimitedFleet;
  /** Ways from a device to other systems. */
  deviceLinks?: readonly DeviceLinkTemplate[];
  /** Absent: the stream is not there. */
  stream?: StreamHub;
  /** Where routes are described. */
  book?: RouteBook;
  /** Whether events that fail on purpose are taken in. */
  allowTestEvents?: boolean;
  /** Where long telemetry bodies are read; absent: in this thread. */
  readingThread?: ReadingThread;
  logger: Logger;
}

/** The ways in that this service serves. */
export const API_PATHS = ['heartbeat', 'telemetry', 'events'] as const;

export const HEARTBEAT = '/cpe/heartbeat';
const TELEMETRY = '/v1/telemetry';
const EVENTS = '/v1/events';
const BULKDATA = '/v1/bulkdata';

/** The public side of cpemon-api, and the routes it is made of. */
export type CpemonApi = RouteHandler & { readonly routes: Express };

/** The public side of cpemon-api: heartbeats and telemetry in, the fleet and its page out. */
export function createCpemonApi(options: CpemonApiOptions): CpemonApi {
  const { appender, metrics, ingest, reads, readTokens, rates, logger } = options;
  const {
    authenticity = ingest === 'none' ? allowAnyone : requireTokenOrSignature(ingest.tokens, ingest.secrets),
  } = options;
  const { refusedBodies = KEEP_NO_BODIES } = options;
  const intake = { authenticity, appender, metrics, refusedBodies, logger };
  const heartbeat = createSingleEventRoute({ ...intake, format: HEARTBEAT_FORMAT });
  const testEvents = options.allowTestEvents === true ? 'taken' : 'refused';
  const telemetry = createTelemetryRoute({
    ...intake,
    format: { ...TELEMETRY_FORMAT, testEvents },
    ...(options.readingThread === undefined ? {} : { readingThread: options.readingThread }),
  });
  const events = createCloudEventsRoute({ ...intake, rules: cloudEventRules(testEvents) });
  const { book = createRouteBook(), sessions, directory, stream } = options;
  const { operators = [], viewerTokens = [] } = options.operating ?? {};
  const access = options.access ?? createAccess({ readTokens, operators, viewerTokens });
  const { mayRead } = access;
  const operating =
    options.operating === undefined ? undefined : { ...options.operating, operate: access.operate, book };
  for (const each of INTAKE_DESCRIPTIONS) book.describe(each);
  if (options.bulkdata !== undefined) for (const each of BULKDATA_DESCRIPTIONS) book.describe(each);
  for (const each of OPEN_DESCRIPTIONS) book.describe(each);

  const routes = express();
  routes.disable('x-powered-by');
  routes.disable('etag');
  routes.route(HEARTBEAT).post(heartbeat).all(methodNotAllowed('POST'));
  routes.route(TELEMETRY).post(telemetry).all(methodNotAllowed('POST'));
  routes.route(EVENTS).post(events).all(methodNotAllowed('POST'));
  if (options.bulkdata !== undefined) {
    const bulkdata = createBulkdataRoute({ ...intake, access: options.bulkdata });
    routes.route(BULKDATA).post(bulkdata).put(bulkdata).all(methodNotAllowed('POST, PUT'));
  }
  routes.use(nameRequests);
  routes
    .route('/healthz')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(methodNotAllowed('GET, HEAD'));
  const masks = (request: Request): boolean => access.masks(principalOf(request));
  const { limitedFleet, deviceLinks: links = [] } = options;
  routes.use(
    createReadRoutes({
      ...{ reads, mayRead, book, masks },
      ...(rates === undefined ? {} : { rates }),
      ...(limitedFleet === undefined ? {} : { part: { mayLook: access.mayLook, limitedFleet } }),
    }),
  );
  const { readHistory } = options;
  if (readHistory !== undefined) {
    const gates =
      operating === undefined ? [mayRead] : createDeviceGates(access, operating.read, operating.act);
    routes.use(createHistoryRoutes({ readHistory, gates, book }));
  }
  if (stream !== undefined) routes.use(createStreamRoutes({ access, hub: stream, book }));
  if (operating !== undefined) {
    const { read, act } = operating;
    routes.use(
      createAccessRoutes({ access, read, act, book, ...(sessions === undefined ? {} : { sessions }) }),
    );
    if (directory !== undefined)
      routes.use(createDeviceRoutes({ access, read, act, keeper: directory, links, book }));
  }
  const { inventory } = options;
  if (operating !== undefined && inventory !== undefined)
    routes.use(createInventoryRoutes({ ...operating, ...inventory, mayRead }));
  if (operating !== undefined) routes.use(createExplainRoute({ ...operating, book }));
  const { forgetBodies } = options;
  if (operating !== undefined)
    routes.use(
      createErasureRoutes({
        ...{ ...operating, mayRead, appender },
        ...(forgetBodies === undefined ? {} : { forgetBodies }),
      }),
    );
  if (operating !== undefined) routes.use(createOperatorRoutes({ ...operating, mayRead }));
  routes.use(createDocumentRoutes(book));
  routes.use(createPageRoutes());
  routes.use(notFound);
  routes.use(answerRouteError(logger));

  const handle: RouteHandler = (request, response) => {
    // The router costs as much as everything else of this route together.
    if (request.url === HEARTBEAT && request.method === 'POST') heartbeat(request, response);
    else routes(request, response);
  };
  return Object.assign(handle, { routes });
}
