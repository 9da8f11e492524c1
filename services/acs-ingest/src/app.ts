import express from 'express';
import { WEBHOOK_FORMAT } from '@cpemon/contracts';
import {
  allowAnyone,
  answerRouteError,
  createSingleEventRoute,
  methodNotAllowed,
  notFound,
  requireSignature,
  type IntakeMetrics,
  type RouteHandler,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';

export interface AcsIngestOptions {
  appender: Pick<WatchedAppender, 'append'>;
  metrics: IntakeMetrics;
  /** Every one of them is live; 'none' when anyone may post. */
  webhookSecrets: readonly string[] | 'none';
  logger: Logger;
}

const WEBHOOK = '/acs/webhook';

/** The public side of acs-ingest: what an ACS posts becomes events. */
export function createAcsIngest({
  appender,
  metrics,
  webhookSecrets,
  logger,
}: AcsIngestOptions): RouteHandler {
  const authenticity = webhookSecrets === 'none' ? allowAnyone : requireSignature(webhookSecrets);
  const webhook = createSingleEventRoute({
    format: WEBHOOK_FORMAT,
    authenticity,
    appender,
    metrics,
    logger,
    arrays: true,
  });

  const routes = express();
  routes.disable('x-powered-by');
  routes.disable('etag');
  routes.route(WEBHOOK).post(webhook).all(methodNotAllowed('POST'));
  routes
    .route('/healthz')
    .get((_request, response) => {
      response.json({ status: 'ok' });
    })
    .all(methodNotAllowed('GET, HEAD'));
  routes.get('/', (_request, response) => {
    response.json({ service: 'acs-ingest', routes: [`POST ${WEBHOOK}`, 'GET /healthz'] });
  });
  routes.use(notFound);
  routes.use(answerRouteError(logger));

  return (request, response) => {
    // The router costs as much as everything else of this route together.
    if (request.url === WEBHOOK && request.method === 'POST') webhook(request, response);
    else routes(request, response);
  };
}
