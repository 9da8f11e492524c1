import { OPERATOR_REQUESTS, type AuditQuery } from '@cpemon/contracts';
import {
  askSkip,
  auditedByItself,
  listAudit,
  listSkips,
  openGeneration,
  openGenerationAfterRestore,
  type AuditFilter,
  type Skip,
} from '@cpemon/event-log';
import { rfc3339 } from '../rfc3339.js';
import { DEFAULT_GROUP, cursorOf, limitOf, pageOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

/** The log itself: holes that are skipped, and who did what. */
export function addLogRoutes({ get, post }: OperatorRoutes): void {
  get('/v1/log/skip', OPERATOR_REQUESTS.groupAndLimit, async ({ query, connection }) => {
    const skips = await listSkips(connection, limitOf(query.limit));
    return { items: skips.map(skipView), next_cursor: null };
  });

  post('/v1/log/skip', OPERATOR_REQUESTS.skip, async ({ body, connection, actor }) => {
    const { group = DEFAULT_GROUP, lane, to, reason } = body;
    const { generation } = await askSkip(connection, { ...body, group, actor });
    return { group, generation, lane, to, reason, state: 'asked' };
  });

  post('/v1/log/generation', OPERATOR_REQUESTS.generation, ({ body, connection, actor }) => {
    const act = { actor, action: 'log.generation', target: `${body.lanes} lanes`, detail: { ...body } };
    return auditedByItself(connection, act, () => openGeneration(connection, { ...body, actor }));
  });

  post('/v1/log/restored', OPERATOR_REQUESTS.reason, ({ body, connection, actor }) => {
    const act = { actor, action: 'log.restored', target: 'the log', detail: { ...body } };
    return auditedByItself(connection, act, () => openGenerationAfterRestore(connection, { ...body, actor }));
  });

  get('/v1/audit', OPERATOR_REQUESTS.auditQuery, async ({ query, connection }) => {
    const limit = limitOf(query.limit);
    const end = cursorOf(query.cursor, [0] as const);
    const entries = await listAudit(connection, auditFilterOf(query), {
      limit: limit + 1,
      ...(end === undefined ? {} : { before: end[0] }),
    });
    return pageOf(
      entries,
      limit,
      ({ id, at, ...rest }) => ({ id, at: rfc3339(at), ...rest }),
      ({ id }) => [id],
    );
  });
}

function auditFilterOf({ actor, action, from, until }: AuditQuery): AuditFilter {
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { action }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

function skipView({ askedBy, askedAt, settledAt, ...skip }: Skip) {
  return { ...skip, asked_by: askedBy, asked_at: rfc3339(askedAt), settled_at: rfc3339(settledAt) };
}
