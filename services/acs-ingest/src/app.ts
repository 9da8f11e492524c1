import express from 'express';
import { WEBHOOK_FORMAT } from '@cpemon/contracts';
import {
  allowAnyone,
  answerRouteError,
  createSingleEventRoute,
  methodNotAllowed,
  notFound,
  requireSignature,
  type Authenticity,
  type IntakeMetrics,
  type RefusedBodies,
  type RouteHandler,
  type WatchedAppender,
} from '@cpemon/intake';
import type { Logger } from '@cpemon/service-kit';
import { isCwmpPath } from './cwmp/cwmp-listener.js';
import { createMirrorRoute, type MirrorSettings } from './mirror/mirror-route.js';
import { MIRROR, isMirrorPath } from './mirror/mirror-sender.js';
import { WEBHOOK_READING } from './webhook/read-webhook.js';

export interface AcsIngestOptions {
  appender: Pick<WatchedAppender, 'append'>;
  metrics: IntakeMetrics;
  /** Who may post to the webhook. */
  authenticity?: Authenticity;
  /** In place of it, for short: signatures by these secrets; 'none' when anyone may post. */
  webhookSecrets?: readonly string[] | 'none';
  /** Where bodies that are refused go; nowhere when left out. */
  refusedBodies?: RefusedBodies;
  /** Absent when no copies of an ACS's traffic are taken. */
  mirror?: MirrorSettings;
  /** The route of CWMP; absent when no CPE talks it to us. */
  cwmp?: RouteHandler;
  logger: Logger;
}

export const WEBHOOK = '/acs/webhook';

/** The public side of acs-ingest: what an ACS posts becomes events. */
export function createAcsIngest({
  appender,
  metrics,
  webhookSecrets = [],
  authenticity = webhookSecrets === 'none' ? allowAnyone : requireSignature(webhookSecrets),
  refusedBodies,
  mirror: mirrorSettings,
  cwmp,
  logger,
}: AcsIngestOptions): RouteHandler {
  const webhook = createSingleEventRoute({
    format: WEBHOOK_FORMAT,
    authenticity,
    appender,
    metrics,
    ...(refusedBodies && { refusedBodies }),
    logger,
    reading: WEBHOOK_READING,
  });
  const mirror =
    mirrorSettings === undefined
      ? undefined
      : createMirrorRoute({
          ...mirrorSettings,
          ...(refusedBodies && { refusedBodies }),
          ...{ appender, metrics, logger },
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
    const taken = [`POST ${WEBHOOK}`, ...(mirror === undefined ? [] : [`POST ${MIRROR}`])];
    if (cwmp !== undefined) taken.push('POST /cwmp');
    response.json({ service: 'acs-ingest', routes: [...taken, 'GET /healthz'] });
  });
  routes.use(notFound);
  routes.use(answerRouteError(logger));

  return (request, response) => {
    // The router costs as much as everything else of this route together.
    if (request.url === WEBHOOK && request.method === 'POST') webhook(request, response);
    else if (cwmp !== undefined && isCwmpPath(request.url)) cwmp(request, response);
    else if (mirror !== undefined && isMirrorPath(request.url)) mirror(request, response);
    else routes(request, response);
  };
}
