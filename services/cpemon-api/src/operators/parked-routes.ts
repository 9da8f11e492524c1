import { OPERATOR_REQUESTS } from '@cpemon/contracts';
import { formatPosition, listParked, readParked, type ParkedDevice } from '@cpemon/event-log';
import { rfc3339 } from '../rfc3339.js';
import { eventOf, serialNumberOf } from './dead-letter-routes.js';
import { DEFAULT_GROUP, cursorOf, limitOf, pageOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

const LIST = '/v1/parked';
const CURSOR_SHAPE = [0, ''] as const;
/** Events that one device is shown with. */
const EVENTS_SHOWN = 100;

/** Devices whose events wait for one that cannot be applied. */
export function addParkedRoutes({ get }: OperatorRoutes): void {
  get(LIST, OPERATOR_REQUESTS.parkedQuery, async ({ query, connection }) => {
    const { group = DEFAULT_GROUP, limit: limitText, cursor, reason } = query;
    const limit = limitOf(limitText);
    const end = cursorOf(cursor, CURSOR_SHAPE);
    const devices = await listParked(connection, group, reason === undefined ? {} : { reason }, {
      limit: limit + 1,
      ...(end === undefined ? {} : { after: { firstFailedAt: end[0], device: end[1] } }),
    });
    return pageOf(devices, limit, parkedView, (last) => [last.firstFailedAt, last.device]);
  });

  get(`${LIST}/:sn`, OPERATOR_REQUESTS.group, async ({ query, params, connection }) => {
    const { device, events } = await readParked(
      connection,
      query.group ?? DEFAULT_GROUP,
      serialNumberOf(params['sn'] ?? ''),
      EVENTS_SHOWN,
    );
    return {
      ...parkedView(device),
      events: events.map((waiting) => ({
        position: formatPosition(waiting),
        received_at: rfc3339(waiting.receivedAt),
        parked_at: rfc3339(waiting.parkedAt),
        event: eventOf(waiting.event),
      })),
    };
  });
}

function parkedView(parked: ParkedDevice) {
  return {
    device: parked.device,
    position: formatPosition(parked),
    reason: parked.reason,
    cause: parked.cause,
    attempts: parked.attempts,
    received_at: rfc3339(parked.receivedAt),
    first_failed_at: rfc3339(parked.firstFailedAt),
    next_attempt_at: rfc3339(parked.nextAttemptAt),
    events_behind: parked.behind,
    lane: parked.home,
  };
}
