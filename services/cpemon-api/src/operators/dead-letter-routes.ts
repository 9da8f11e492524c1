import { OPERATOR_REQUESTS, type DeadLetterFilterRequest, type DeadLettersRequest } from '@cpemon/contracts';
import { readSerialNumber } from '@cpemon/domain';
import {
  OperatorError,
  askDeadLetter,
  askDeadLetters,
  formatPosition,
  listDeadLetters,
  parsePosition,
  readDeadLetter,
  type DeadLetter,
  type DeadLetterChoice,
  type DeadLetterFilter,
} from '@cpemon/event-log';
import { rfc3339 } from '../rfc3339.js';
import { DEFAULT_GROUP, cursorOf, limitOf, pageOf } from './list-page.js';
import type { OperatorRoutes } from './operator-router.js';

const LIST = '/v1/dead-letters';
const CURSOR_SHAPE = [0, ''] as const;

/** Events that were given up: seen, applied after all, or discarded. */
export function addDeadLetterRoutes({ get, post }: OperatorRoutes): void {
  get(LIST, OPERATOR_REQUESTS.deadLetterQuery, async ({ query, connection }) => {
    const { group = DEFAULT_GROUP, limit: limitText, cursor, ...filter } = query;
    const limit = limitOf(limitText);
    const end = cursorOf(cursor, CURSOR_SHAPE);
    const after = end === undefined ? {} : { after: { deadAt: end[0], ...parsePosition(end[1]) } };
    const page = { limit: limit + 1, ...after };
    const letters = await listDeadLetters(connection, group, filterOf(filter), page);
    return pageOf(letters, limit, deadLetterView, (last) => [last.deadAt, formatPosition(last)]);
  });

  get(`${LIST}/:position`, OPERATOR_REQUESTS.group, async ({ query, params, connection }) => {
    const position = parsePosition(params['position'] ?? '');
    const { event: text, ...letter } = await readDeadLetter(
      connection,
      query.group ?? DEFAULT_GROUP,
      position,
    );
    const event = eventOf(text);
    const { correlationid } = event as { correlationid?: string };
    return { ...deadLetterView(letter), correlation_id: correlationid ?? null, event };
  });

  for (const wish of ['requeue', 'discard'] as const) {
    post(`${LIST}/${wish}`, OPERATOR_REQUESTS.deadLetters, async ({ body, connection, actor }) => {
      const asked = await askDeadLetters(
        connection,
        body.group ?? DEFAULT_GROUP,
        choiceOf(body),
        wish,
        actor,
      );
      return { asked, state: wish };
    });
    post(
      `${LIST}/:position/${wish}`,
      OPERATOR_REQUESTS.group,
      async ({ body, params, connection, actor }) => {
        const group = body.group ?? DEFAULT_GROUP;
        const position = parsePosition(params['position'] ?? '');
        await askDeadLetter(connection, group, position, wish, actor);
        return deadLetterView(await readDeadLetter(connection, group, position));
      },
    );
  }
}

function choiceOf({ positions, filter }: DeadLettersRequest): DeadLetterChoice {
  return positions === undefined
    ? { filter: filterOf(filter ?? {}) }
    : { positions: positions.map(parsePosition) };
}

function filterOf({ device, from, until, ...rest }: DeadLetterFilterRequest): DeadLetterFilter {
  return {
    ...rest,
    ...(device === undefined ? {} : { device: serialNumberOf(device) }),
    ...(from === undefined ? {} : { from: Date.parse(from) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  };
}

/** As devices are kept. @throws OperatorError `invalid_sn` */
export function serialNumberOf(text: string): string {
  const { serialNumber } = readSerialNumber(text) as { serialNumber?: string };
  if (serialNumber !== undefined) return serialNumber;
  throw new OperatorError(400, 'invalid_sn', 'A serial number is 1 to 64 printable ASCII characters.');
}

/** The event as it lies in the log; as text when it is no JSON. */
export function eventOf(text: string): object | string {
  try {
    return JSON.parse(text) as object;
  } catch {
    return text;
  }
}

function deadLetterView(letter: DeadLetter) {
  return {
    position: formatPosition(letter),
    state: letter.state,
    device: letter.device,
    reason: letter.reason,
    cause: letter.cause,
    attempts: letter.attempts,
    type: letter.type,
    source: letter.source,
    id: letter.eventId,
    received_at: rfc3339(letter.receivedAt),
    first_failed_at: rfc3339(letter.firstFailedAt),
    dead_at: rfc3339(letter.deadAt),
    asked_by: letter.askedBy,
    asked_at: rfc3339(letter.askedAt),
    settled_at: rfc3339(letter.settledAt),
    lane: letter.home,
  };
}
