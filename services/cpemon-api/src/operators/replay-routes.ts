import { OPERATOR_REQUESTS } from '@cpemon/contracts';
import {
  OperatorError,
  askReplay,
  audited,
  formatPosition,
  listReplays,
  readReplay,
  stopReplay,
  type Replay,
  type ReplayDetails,
} from '@cpemon/event-log';
import { rfc3339 } from '../rfc3339.js';
import { DEFAULT_GROUP, limitOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

const LIST = '/v1/replay';

/** Second passes over a stretch of the log, beside the live stream. */
export function addReplayRoutes({ get, post }: OperatorRoutes): void {
  post(LIST, OPERATOR_REQUESTS.replay, async ({ body, connection, actor }) => {
    const { group = DEFAULT_GROUP, from, until, reason } = body;
    const wish = {
      ...{ group, reason, actor, from: new Date(from) },
      ...(until === undefined ? {} : { until: new Date(until) }),
    };
    const act = { actor, action: 'replay.start', target: `group ${group} from ${from}`, detail: { ...body } };
    const id = await audited(
      connection,
      act,
      () => askReplay(connection, wish),
      (replay) => ({ replay }),
    );
    return replayView(await readReplay(connection, id));
  });

  get(LIST, OPERATOR_REQUESTS.groupAndLimit, async ({ query, connection }) => {
    const replays = await listReplays(connection, query.group ?? DEFAULT_GROUP, limitOf(query.limit));
    return { items: replays.map(replayView), next_cursor: null };
  });

  get(`${LIST}/:id`, OPERATOR_REQUESTS.group, async ({ params, connection }) =>
    detailsView(await readReplay(connection, idOf(params))),
  );

  post(`${LIST}/:id/stop`, OPERATOR_REQUESTS.group, async ({ params, connection, actor }) => {
    const id = idOf(params);
    const act = { actor, action: 'replay.stop', target: `replay ${id}` };
    await audited(connection, act, () => stopReplay(connection, id, actor));
    return replayView(await readReplay(connection, id));
  });
}

/** @throws OperatorError `unknown_replay` */
function idOf({ id = '' }: Record<string, string>): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new OperatorError(404, 'unknown_replay', 'A replay is named by its number.');
}

function replayView(replay: Replay) {
  return {
    id: replay.id,
    group: replay.group,
    state: replay.state,
    from: rfc3339(replay.from),
    until: rfc3339(replay.until),
    reason: replay.reason,
    asked_by: replay.askedBy,
    asked_at: rfc3339(replay.askedAt),
    passed_events: replay.passed,
    left_out_events: replay.leftOut,
    failed_events: replay.failed,
    waiting_events: replay.waiting,
  };
}

function detailsView(details: ReplayDetails) {
  return {
    ...replayView(details),
    lanes: details.lanes.map((lane) => ({
      generation: lane.generation,
      lane: lane.lane,
      state: lane.state,
      detail: lane.detail,
      done_sequence: lane.doneSequence,
      end_sequence: lane.endSequence,
      applied_events: lane.applied,
      left_out_events: lane.leftOut,
      failed_events: lane.failed,
      settled_at: rfc3339(lane.settledAt),
    })),
    failures: details.failures.map(({ subject, cause, ...position }) => ({
      ...{ position: formatPosition(position), device: subject, cause },
    })),
  };
}
