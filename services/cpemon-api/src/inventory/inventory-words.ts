import { listOf, objectOf } from '../devices/device-schemas.js';
import { textQuery } from '../read-schemas.js';
import type { RouteDescription } from '../routes/route-book.js';

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const count = { type: 'integer', minimum: 0 };
const time = { type: 'string', format: 'date-time' };
const timeOrNull = { type: ['string', 'null'], format: 'date-time' };

const IMPORT = objectOf({
  ...{ id: text, state: { enum: ['running', 'done', 'failed', 'interrupted'] }, problem: textOrNull },
  note: textOrNull,
  ...{ actor: text, started_at: time, finished_at: timeOrNull, total_bytes: count, read_bytes: count },
  ...{ progress: { type: 'number', minimum: 0, maximum: 1 }, rows: count },
  ...{ counts: { type: 'object', additionalProperties: count }, told: { type: 'boolean' } },
});
const ROW = objectOf({ row: count, outcome: text, code: text, detail: text, content: {} });
const objects = { type: 'array', items: { type: 'object' } };

const IMPORTS = '/v1/inventory/imports';

/** What the document of the API says of the routes of the inventory. */
export const INVENTORY_DESCRIPTIONS: readonly RouteDescription[] = [
  {
    ...{ method: 'get', path: IMPORTS, access: 'reader' },
    about: { summary: 'Imports of the inventory.', tag: 'inventory', answer: listOf(IMPORT) },
  },
  {
    ...{ method: 'post', path: IMPORTS, access: 'operator' },
    about: {
      summary:
        'Imports boxes, lines, keys and labels. The answer comes when the body is there; it is worked through after that.',
      ...{ tag: 'inventory', answer: objectOf({ id: text, state: text, bytes: count }) },
    },
    query: textQuery({ id: 'Name of the import: 1 to 40 letters, digits, ".", "_" and "-"; a random one' }),
    bodies: { 'text/csv': text, 'application/x-ndjson': text, 'application/json': {} },
  },
  {
    ...{ method: 'get', path: `${IMPORTS}/:id`, access: 'reader' },
    about: { summary: 'How far an import is.', tag: 'inventory', answer: IMPORT },
  },
  {
    ...{ method: 'get', path: `${IMPORTS}/:id/rows`, access: 'reader' },
    about: {
      summary: 'Rows of an import that somebody has to look at.',
      ...{ tag: 'inventory', media: ['text/csv'] },
      answer: objectOf({ items: { type: 'array', items: ROW }, next_after: { type: ['integer', 'null'] } }),
    },
    query: textQuery({
      outcome: 'Only these: changed, unmatched, ambiguous, refused',
      after: 'Number of the last row of the page before',
      format: 'csv: all of them as a file',
    }),
  },
  {
    ...{ method: 'get', path: '/v1/inventory/find', access: 'reader' },
    about: {
      summary: 'What the inventory knows by a serial number, service or other key.',
      ...{ tag: 'inventory', answer: objectOf({ devices: objects, lines: objects, history: objects }) },
    },
    query: textQuery({ key: 'The whole key' }, ['key']),
  },
];
