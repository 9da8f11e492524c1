import type { RouteAbout } from '../routes/route-book.js';

const list = (items: object = { type: 'object' }) => ({
  type: 'object',
  required: ['items', 'next_cursor'],
  properties: { items: { type: 'array', items }, next_cursor: { type: ['string', 'null'] } },
});
const operations = (summary: string, more: Partial<RouteAbout> = {}): RouteAbout => ({
  ...{ summary, tag: 'operations' },
  ...more,
});
const identity = (summary: string, more: Partial<RouteAbout> = {}): RouteAbout => ({
  ...{ summary, tag: 'identity' },
  ...more,
});

/** What the document of the API says of routes of operators, where it does not stand beside them. */
export const OPERATOR_ROUTE_WORDS: Readonly<Record<string, RouteAbout>> = {
  'get /v1/dead-letters': operations('Events that were given up.', { answer: list(), problems: [404] }),
  'get /v1/dead-letters/:position': operations('One of them, with the event as it lies in the log.'),
  'post /v1/dead-letters/requeue': operations('Asks for dead letters to be applied after all.'),
  'post /v1/dead-letters/discard': operations('Asks for dead letters to be discarded.'),
  'post /v1/dead-letters/:position/requeue': operations('Asks for one dead letter to be applied after all.'),
  'post /v1/dead-letters/:position/discard': operations('Asks for one dead letter to be discarded.'),
  'get /v1/parked': operations('Devices whose events wait for one that cannot be applied.', {
    ...{ answer: list(), problems: [404] },
  }),
  'get /v1/parked/:sn': operations('One of them, with the events that wait.'),
  'get /v1/replay': operations('Second passes over a part of the log.', { answer: list(), problems: [404] }),
  'post /v1/replay': operations('Asks for a second pass over a part of the log.'),
  'get /v1/replay/:id': operations('One of them, lane by lane.'),
  'post /v1/replay/:id/stop': operations('Asks for a second pass to end.'),
  'get /v1/rebuild': operations('Lanes whose state is made anew from the log.', {
    ...{ answer: list(), problems: [404] },
  }),
  'post /v1/rebuild': operations('Asks for the state of lanes to be made anew from the log.', {
    answer: list(),
  }),
  'get /v1/log/skip': operations('Holes of the log that were skipped.', { answer: list() }),
  'post /v1/log/skip': operations('Asks for a hole of the log to be skipped.'),
  'post /v1/log/generation': operations('Opens a generation of the log with another number of lanes.'),
  'post /v1/log/restored': operations('Opens a generation after the database was restored.'),
  'get /v1/audit': operations('Who did what.', { answer: list() }),
  'get /v1/identity-findings': identity('What is doubtful about who devices are.', { answer: list() }),
  'get /v1/quarantine': identity('Identities that are not admitted.', { answer: list() }),
  'post /v1/quarantine/release': identity('Admits identities.'),
};
