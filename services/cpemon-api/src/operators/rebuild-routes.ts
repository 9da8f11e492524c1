import { OPERATOR_REQUESTS } from '@cpemon/contracts';
import { askRebuild, audited, listRebuilds, type Rebuild } from '@cpemon/event-log';
import { rfc3339 } from '../rfc3339.js';
import { DEFAULT_GROUP, limitOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

const LIST = '/v1/rebuild';

/** The state of lanes cleared, and made again from the start of the log. */
export function addRebuildRoutes({ get, post }: OperatorRoutes): void {
  post(LIST, OPERATOR_REQUESTS.rebuild, async ({ body, connection, actor }) => {
    const { group = DEFAULT_GROUP, lanes = 'all', reason } = body;
    const target = lanes === 'all' ? 'all lanes' : `lanes ${lanes.join(', ')}`;
    const ids = await audited(
      connection,
      { actor, action: 'rebuild.start', target, detail: { ...body } },
      () => askRebuild(connection, { group, lanes, reason, actor }),
      (rebuilds) => ({ rebuilds }),
    );
    const rebuilds = await listRebuilds(connection, group, ids.length);
    return { items: rebuilds.filter(({ id }) => ids.includes(id)).map(rebuildView), next_cursor: null };
  });

  get(LIST, OPERATOR_REQUESTS.groupAndLimit, async ({ query, connection }) => {
    const rebuilds = await listRebuilds(connection, query.group ?? DEFAULT_GROUP, limitOf(query.limit));
    return { items: rebuilds.map(rebuildView), next_cursor: null };
  });
}

function rebuildView(rebuild: Rebuild) {
  return {
    id: rebuild.id,
    group: rebuild.group,
    generation: rebuild.generation,
    lane: rebuild.lane,
    state: rebuild.state,
    applied_sequence: rebuild.appliedSequence,
    until_sequence: rebuild.untilSequence,
    reason: rebuild.reason,
    detail: rebuild.detail,
    asked_by: rebuild.askedBy,
    asked_at: rfc3339(rebuild.askedAt),
    settled_at: rfc3339(rebuild.settledAt),
  };
}
