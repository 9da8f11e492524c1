import express from 'express';
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
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import type { BulkdataAccess } from './bulkdata/bulkdata-access.js';
import { createBulkdataRoute } from './bulkdata/bulkdata-route.js';
import { cloudEventRules, createCloudEventsRoute } from './cloud-events-route.js';
import type { IngestAccess } from './config.js';
import type { FleetReads } from './fleet-reads.js';
import type { ReadHistoryOf } from './history-reads.js';
import { createHistoryRoutes } from './history-routes.js';
import type { OperatorRouteOptions } from './operators/operator-router.js';
import { createOperatorRoutes } from './operators/operator-routes.js';
import { createPageRoutes } from './page-routes.js';
import type { RateSampler } from './rate-sampler.js';
import { createInventoryRoutes, type InventoryRouteOptions } from './inventory/inventory-routes.js';
import { createReadRoutes } from './read-routes.js';
import { requireReader } from './reader-access.js';

export interface CpemonApiOptions {
  appender: Pick<WatchedAppender, 'append'> & Partial<Pick<WatchedAppender, 'turnsAway'>>;
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
  /** Whether events that fail on purpose are taken in. */
  allowTestEvents?: boolean;
  logger: Logger;
}

/** The ways in that this service serves. */
export const API_PATHS = ['heartbeat', 'telemetry', 'events'] as const;

const HEARTBEAT = '/cpe/heartbeat';
const TELEMETRY = '/v1/telemetry';
const EVENTS = '/v1/events';
const BULKDATA = '/v1/bulkdata';

/** The public side of cpemon-api: heartbeats and telemetry in, the fleet and its page out. */
export function createCpemonApi(options: CpemonApiOptions): RouteHandler {
  const { appender, metrics, ingest, reads, readTokens, rates, operating, logger } = options;
  const {
    authenticity = ingest === 'none' ? allowAnyone : requireTokenOrSignature(ingest.tokens, ingest.secrets),
  } = options;
  const { refusedBodies = KEEP_NO_BODIES } = options;
  const intake = { authenticity, appender, metrics, refusedBodies, logger };
  const heartbeat = createSingleEventRoute({ ...intake, format: HEARTBEAT_FORMAT });
  const testEvents = options.allowTestEvents === true ? 'taken' : 'refused';
  const telemetry = createTelemetryRoute({ ...intake, format: { ...TELEMETRY_FORMAT, testEvents } });
  const events = createCloudEventsRoute({ ...intake, rules: cloudEventRules(testEvents) });
  const mayRead = requireReader(readTokens);

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
  routes
    .route('/healthz')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(methodNotAllowed('GET, HEAD'));
  routes.use(createReadRoutes({ reads, mayRead, ...(rates === undefined ? {} : { rates }) }));
  const { readHistory } = options;
  if (readHistory !== undefined) routes.use(createHistoryRoutes({ readHistory, mayRead }));
  const { inventory } = options;
  if (operating !== undefined && inventory !== undefined)
    routes.use(createInventoryRoutes({ ...operating, ...inventory, mayRead }));
  if (operating !== undefined) routes.use(createOperatorRoutes({ ...operating, mayRead }));
  routes.use(createPageRoutes());
  routes.use(notFound);
  routes.use(answerRouteError(logger));

  return (request, response) => {
    // The router costs as much as everything else of this route together.
    if (request.url === HEARTBEAT && request.method === 'POST') heartbeat(request, response);
    else routes(request, response);
  };
}
