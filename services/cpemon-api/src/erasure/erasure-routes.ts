import type { Router } from 'express';
import { OPERATOR_REQUESTS } from '@cpemon/contracts';
import { OperatorError } from '@cpemon/event-log';
import type { WatchedAppender } from '@cpemon/intake';
import { listErasures, readErasure, type Erasure } from '@cpemon/store';
import { cursorOf, limitOf, pageOf } from '../operators/list-page.js';
import { createOperatorRouter, type OperatorRouteOptions } from '../operators/operator-router.js';
import { rfc3339 } from '../rfc3339.js';
import { askErasure } from './ask-erasure.js';
import { tellErasure } from './erasure-teller.js';
import { addTombstoneRoutes } from './tombstone-routes.js';

export interface ErasureRouteOptions extends OperatorRouteOptions {
  appender: Pick<WatchedAppender, 'append'>;
  /** Takes out what is kept of refused bodies in which a text stands. */
  forgetBodies?: (text: string) => void;
}

/** Erasing devices, and what became of it. */
export function createErasureRoutes(options: ErasureRouteOptions): Router {
  const { appender, forgetBodies } = options;
  return createOperatorRouter(options, (routes) => {
    routes.post(
      '/v1/erasures',
      OPERATOR_REQUESTS.erase,
      async ({ body, connection, actor }) => {
        const asked = await askErasure(connection, { ...body, actor });
        forgetBodies?.(body.device.trim());
        const told = await tellErasure(connection, appender, asked);
        return { ...erasureView(asked.erasure), told: told || asked.erasure.toldAt !== null };
      },
      {
        summary: 'Erases a device: everything of it that was received before',
        tag: 'operations',
        problems: [404, 409],
      },
    );

    routes.get(
      '/v1/erasures',
      OPERATOR_REQUESTS.erasuresQuery,
      async ({ query, connection }) => {
        const limit = limitOf(query.limit);
        const after = cursorOf(query.cursor, [0, ''] as const);
        const { state } = query;
        const erasures = await listErasures(connection, state === undefined ? {} : { state }, {
          limit: limit + 1,
          ...(after === undefined ? {} : { after }),
        });
        return pageOf(erasures, limit, erasureView, ({ askedAt, id }) => [askedAt, id]);
      },
      { summary: 'Lists erasures, the newest first; they name no device', tag: 'operations' },
    );

    routes.get(
      '/v1/erasures/:id',
      OPERATOR_REQUESTS.nothing,
      async ({ params, connection }) => {
        const erasure = await readErasure(connection, params['id'] ?? '');
        if (erasure === null) throw new OperatorError(404, 'unknown_erasure', 'There is no such erasure.');
        return erasureView(erasure);
      },
      { summary: 'How far an erasure is', tag: 'operations', problems: [404] },
    );
    addTombstoneRoutes(routes, appender);
  });
}

const erasureView = ({ id, state, actor, reason, devices, inventory, ...times }: Erasure) => ({
  ...{ id, state, asked_by: actor, reason, devices, inventory_rows: inventory, told: times.toldAt !== null },
  ...{ asked_at: rfc3339(times.askedAt), settled_at: rfc3339(times.settledAt) },
});
