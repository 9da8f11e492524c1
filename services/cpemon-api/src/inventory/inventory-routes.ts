import { randomUUID } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { Router, type Request, type Response } from 'express';
import { audited } from '@cpemon/event-log';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import {
  beginImport,
  findInInventory,
  listImports,
  readImport,
  readImportRows,
  type ImportRow,
} from '@cpemon/store';
import { DatabaseUnavailableError, type DatabaseReader } from '../database-reader.js';
import { createOperatorGate, type Operator, type OperatorGate } from '../operators/operator-access.js';
import type { Gate } from '../reader-access.js';
import type { ImportFormat } from './import-rows.js';
import type { ImportRunner } from './import-runner.js';
import { findingView, importView, rowsAsCsv, rowView } from './inventory-view.js';
import type { RouteBook } from '../routes/route-book.js';
import { INVENTORY_DESCRIPTIONS } from './inventory-words.js';
import { spoolBody } from './spool.js';

export interface InventoryRouteOptions {
  mayRead: Gate;
  operators: readonly Operator[];
  viewerTokens: readonly string[];
  read: DatabaseReader;
  act: DatabaseReader;
  runner: ImportRunner;
  /** Where bodies wait while their rows are applied. */
  folder: string;
  operate?: OperatorGate;
  book?: RouteBook;
}

const IMPORTS = '/v1/inventory/imports';
const LISTED_IMPORTS = 50;
const ROWS_A_READ = 5000;
const LARGEST_PAGE = 500;
const IMPORT_ID = /^[A-Za-z0-9._-]{1,40}$/;
const OUTCOMES: readonly ImportRow['outcome'][] = ['changed', 'unmatched', 'ambiguous', 'refused'];

/** Imports of the inventory, and what it knows. */
export function createInventoryRoutes(options: InventoryRouteOptions): Router {
  const { mayRead, read, act, runner } = options;
  const { gate: mayAct, actorOf } =
    options.operate ?? createOperatorGate(options.operators, options.viewerTokens);
  for (const description of INVENTORY_DESCRIPTIONS) options.book?.describe(description);
  const routes = Router();
  const problem = (response: Response, status: number, code: string, detail: string): void =>
    sendProblem(response, { status, code, detail });

  const post = async (request: Request, response: Response): Promise<void> => {
    const format = formatOf(request);
    if (format === undefined) {
      return problem(
        response,
        415,
        'unsupported_media_type',
        'text/csv, application/x-ndjson or application/json is needed, in UTF-8 and not compressed.',
      );
    }
    const id = request.query['id'] ?? randomUUID();
    if (typeof id !== 'string' || !IMPORT_ID.test(id)) {
      return problem(response, 400, 'invalid_parameter', 'id: 1 to 40 letters, digits, ".", "_" and "-".');
    }
    const busy = runner.running();
    if (busy !== undefined)
      return problem(response, 409, 'import_running', `The import ${busy} is not done yet.`);
    const spooled = await spoolBody(request, options.folder);
    if ('problem' in spooled) {
      if (spooled.problem === 'aborted') return;
      if (spooled.problem === 'body_too_large')
        return problem(
          response,
          413,
          'body_too_large',
          'An import has at most 256 MiB: send the file in parts.',
        );
      return problem(response, 503, 'no_room', 'The body could not be kept: see INVENTORY_FOLDER.');
    }
    const { path, bytes } = spooled;
    // Another one may have begun while this body came in.
    const taken = runner.running() === undefined && (await begin(request, id, bytes, path));
    if (taken !== true) {
      await unlink(path).catch(() => undefined);
      return problem(response, 409, 'import_running', 'Another import is not done yet, or has this id.');
    }
    void runner.start({ id, path, format });
    response.setHeader('Location', `${IMPORTS}/${id}`);
    response.status(202).json({ id, state: 'running', bytes });
  };

  const begin = async (request: Request, id: string, bytes: number, path: string): Promise<boolean> => {
    const deed = { actor: actorOf(request), action: 'inventory.import', target: id, detail: { bytes } };
    try {
      return await act((connection) =>
        audited(connection, deed, () =>
          beginImport(connection, { id, actor: deed.actor, totalBytes: bytes }),
        ),
      );
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    }
  };

  routes
    .route(IMPORTS)
    .get(mayRead, async (_request, response) => {
      const imports = await read((connection) => listImports(connection, LISTED_IMPORTS));
      response.json({ items: imports.map(importView), next_cursor: null });
    })
    .post(mayAct, post)
    .all(methodNotAllowed('GET, HEAD, POST'));

  routes
    .route(`${IMPORTS}/:id`)
    .get(mayRead, async (request, response) => {
      const found = await read((connection) => readImport(connection, String(request.params['id'])));
      if (found === null) return problem(response, 404, 'unknown_import', 'There is no such import.');
      response.json(importView(found));
    })
    .all(methodNotAllowed('GET, HEAD'));

  routes
    .route(`${IMPORTS}/:id/rows`)
    .get(mayRead, async (request, response) => {
      const id = String(request.params['id']);
      const outcome = OUTCOMES.find((each) => each === request.query['outcome']);
      if (outcome === undefined && request.query['outcome'] !== undefined)
        return problem(response, 400, 'invalid_parameter', `outcome: ${OUTCOMES.join(', ')}.`);
      const which = outcome === undefined ? {} : { outcome };
      if ((await read((connection) => readImport(connection, id))) === null)
        return problem(response, 404, 'unknown_import', 'There is no such import.');
      if (request.query['format'] !== 'csv') {
        const after = Number(request.query['after'] ?? 0);
        if (!Number.isSafeInteger(after) || after < 0)
          return problem(response, 400, 'invalid_parameter', 'after: the number of a row.');
        const rows = await read((connection) =>
          readImportRows(connection, id, { ...which, after, limit: LARGEST_PAGE }),
        );
        const next = rows.length < LARGEST_PAGE ? null : (rows.at(-1)?.row ?? null);
        response.json({ items: rows.map(rowView), next_after: next });
        return;
      }
      response.setHeader('Content-Type', 'text/csv; charset=utf-8');
      response.setHeader('Content-Disposition', `attachment; filename="import-rows.csv"`);
      response.write('row,outcome,code,detail,content\r\n');
      for (let after = 0; !response.destroyed;) {
        const rows = await read((connection) =>
          readImportRows(connection, id, { ...which, after, limit: ROWS_A_READ }),
        );
        if (rows.length === 0) break;
        if (!response.write(rowsAsCsv(rows))) await drained(response);
        after = rows.at(-1)!.row;
      }
      response.end();
    })
    .all(methodNotAllowed('GET, HEAD'));

  routes
    .route('/v1/inventory/find')
    .get(mayRead, async (request, response) => {
      const key = request.query['key'];
      if (typeof key !== 'string' || key.trim() === '' || key.length > 128)
        return problem(
          response,
          400,
          'invalid_parameter',
          'key: a serial number, service_id or any other key.',
        );
      response.json(findingView(await read((connection) => findInInventory(connection, key.trim()))));
    })
    .all(methodNotAllowed('GET, HEAD'));

  routes.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    if (!(error instanceof DatabaseUnavailableError) || response.headersSent) return next(error);
    const detail = 'The database does not answer.';
    sendProblem(response, { status: 503, code: 'database_unavailable', detail, retryAfterSeconds: 2 });
  });
  return routes;
}

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

const FORMATS: Readonly<Record<string, ImportFormat>> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/json': 'json',
};

function formatOf({ headers }: Request): ImportFormat | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return undefined;
  const [name = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.find((each) => each.trim().startsWith('charset='));
  if (charset !== undefined && !/charset="?utf-?8"?/.test(charset)) return undefined;
  return Object.hasOwn(FORMATS, name.trim()) ? FORMATS[name.trim()] : undefined;
}
