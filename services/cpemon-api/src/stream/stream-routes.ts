import type { Router } from 'express';
import { requestReader } from '@cpemon/contracts';
import type { Access } from '../access/access.js';
import { createApiRouter } from '../routes/api-routes.js';
import { RequestProblem } from '../routes/request-problem.js';
import type { RouteBook } from '../routes/route-book.js';
import { readEventId } from './event-ids.js';
import type { StreamHub } from './stream-hub.js';
import { STREAM_TOPICS, type StreamTopic } from './stream-viewer.js';

interface StreamQuery {
  topics?: string;
  after?: string;
}

const QUERY = requestReader<StreamQuery>({
  properties: {
    topics: {
      type: 'string',
      pattern: `^(${STREAM_TOPICS.join('|')})(,(${STREAM_TOPICS.join('|')})){0,9}$`,
      description: `What is told: of ${STREAM_TOPICS.join(', ')}, with commas; all`,
    },
    after: {
      ...{ type: 'string', maxLength: 16_000 },
      description: 'Id of the last event seen, where the header Last-Event-ID cannot be sent',
    },
  },
});

const RETRY_AFTER_SECONDS = 10;

/** `GET /v1/stream`: server-sent events, HTML Living Standard 9.2. */
export function createStreamRoutes({
  access,
  hub,
  book,
}: {
  access: Access;
  hub: StreamHub;
  book?: RouteBook;
}): Router {
  return createApiRouter(book, (declare) => {
    declare({
      ...{ method: 'get', path: '/v1/stream', access: 'reader', gates: [access.mayAsk] },
      about: {
        summary:
          'Server-sent events: fleet and pipeline once a second, changes of devices and alerts as they come. Goes on where Last-Event-ID says.',
        ...{ tag: 'fleet', json: false, media: ['text/event-stream'], problems: [403] },
      },
      query: QUERY,
      headers: { 'Last-Event-ID': 'Id of the last event seen' },
      async answer({ query, request, response, principal }) {
        if (principal.role === 'support')
          throw new RequestProblem(403, 'not_a_viewer', 'Support looks at one device at a time.');
        const last = query.after ?? request.headers['last-event-id'];
        const after = last === undefined || last === '' ? null : readEventId(String(last));
        if (after === null && last !== undefined && last !== '')
          throw new RequestProblem(400, 'invalid_event_id', 'This is the id of no event of this stream.');
        if (!hub.hasRoom()) {
          const detail = 'As many look on as this process serves.';
          throw new RequestProblem(503, 'too_many_viewers', detail, {
            retryAfterSeconds: RETRY_AFTER_SECONDS,
          });
        }
        const topics = new Set((query.topics?.split(',') ?? STREAM_TOPICS) as StreamTopic[]);
        await hub.join(response, { principal, topics, after });
        return undefined;
      },
    });
  });
}
