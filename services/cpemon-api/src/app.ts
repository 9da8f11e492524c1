import express from 'express';
import { HEARTBEAT_FORMAT, TELEMETRY_FORMAT } from '@cpemon/contracts';
import {
  allowAnyone,
  answerRouteError,
  createSingleEventRoute,
  createTelemetryRoute,
  methodNotAllowed,
  notFound,
  requireTokenOrSignature,
  type IntakeMetrics,
  type RouteHandler,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import type { IngestAccess } from './config.js';
import type { FleetReads } from './fleet-reads.js';
import { createPageRoutes } from './page-routes.js';
import type { RateSampler } from './rate-sampler.js';
import { createReadRoutes } from './read-routes.js';

export interface CpemonApiOptions {
  appender: Pick<WatchedAppender, 'append'>;
  metrics: IntakeMetrics;
  ingest: IngestAccess;
  reads: FleetReads;
  /** Tokens that may read; 'none' when anyone may. */
  readTokens: readonly string[] | 'none';
  rates?: RateSampler;
  logger: Logger;
}

const HEARTBEAT = '/cpe/heartbeat';
const TELEMETRY = '/v1/telemetry';

/** The public side of cpemon-api: heartbeats and telemetry in, the fleet and its page out. */
export function createCpemonApi(options: CpemonApiOptions): RouteHandler {
  const { appender, metrics, ingest, reads, readTokens, rates, logger } = options;
  const authenticity =
    ingest === 'none' ? allowAnyone : requireTokenOrSignature(ingest.tokens, ingest.secrets);
  const intake = { authenticity, appender, metrics, logger };
  const heartbeat = createSingleEventRoute({ ...intake, format: HEARTBEAT_FORMAT });
  const telemetry = createTelemetryRoute({ ...intake, format: TELEMETRY_FORMAT });

  const routes = express();
  routes.disable('x-powered-by');
  routes.disable('etag');
  routes.route(HEARTBEAT).post(heartbeat).all(methodNotAllowed('POST'));
  routes.route(TELEMETRY).post(telemetry).all(methodNotAllowed('POST'));
  routes
    .route('/healthz')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(methodNotAllowed('GET, HEAD'));
  routes.use(createReadRoutes({ reads, tokens: readTokens, ...(rates === undefined ? {} : { rates }) }));
  routes.use(createPageRoutes());
  routes.use(notFound);
  routes.use(answerRouteError(logger));

  return (request, response) => {
    // The router costs as much as everything else of this route together.
    if (request.url === HEARTBEAT && request.method === 'POST') heartbeat(request, response);
    else routes(request, response);
  };
}
