import express, { Router } from 'express';
import { requestReader } from '@cpemon/contracts';
import { explainMessage, explanationText, SHAPES, type ExplainOptions, type Shape } from '@cpemon/explain';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import { createOperatorGate, type Operator, type OperatorGate } from '../operators/operator-access.js';
import type { RouteAbout, RouteBook } from '../routes/route-book.js';
import { answerKnownErrors } from '../routes/route-problems.js';

export interface ExplainRouteOptions {
  operators: readonly Operator[];
  viewerTokens: readonly string[];
  operate?: OperatorGate;
  book?: RouteBook;
}

const PATH = '/v1/explain';
/** A message, not a day of them: explaining takes many times as long as taking it in does. */
export const EXPLAIN_BODY_BYTES = 256 * 1024;

const QUERY = requestReader<{ as?: Shape; address?: string; device?: string }>({
  properties: {
    as: { enum: SHAPES, description: 'What the message is, where its bytes do not tell' },
    address: {
      ...{ type: 'string', maxLength: 2048 },
      description: 'Path and query that a bulk report was sent to: /v1/bulkdata?oui=&pc=&sn=',
    },
    device: {
      ...{ type: 'string', maxLength: 256 },
      description: 'OUI-ProductClass-SerialNumber of the device, for messages that name none',
    },
  },
});

const ABOUT: RouteAbout = {
  summary: 'Says what CPEmon makes of one message as it came; nothing is taken in',
  tag: 'operations',
  status: 200,
  media: ['text/plain'],
  problems: [413],
};

/** `POST /v1/explain`: one message as it came, for operators. The answer is JSON, or lines for `Accept: text/plain`. */
export function createExplainRoute({ operators, viewerTokens, operate, book }: ExplainRouteOptions): Router {
  const { gate } = operate ?? createOperatorGate(operators, viewerTokens);
  book?.describe({
    ...{ method: 'post', path: PATH, access: 'operator', about: ABOUT, query: QUERY.schema },
    bodies: { 'application/octet-stream': {}, 'application/json': {}, 'text/xml': {}, 'text/csv': {} },
  });
  const routes = Router();
  // Compressed or not: by its bytes, as a captured message is.
  const raw = express.raw({ type: () => true, limit: EXPLAIN_BODY_BYTES, inflate: false });
  routes
    .route(PATH)
    .post(gate, raw, (request, response) => {
      const asked = QUERY({ ...request.query });
      if (asked.problem !== undefined)
        return sendProblem(response, { status: 400, code: 'invalid_parameter', detail: asked.problem });
      const options: ExplainOptions = { nowMs: Date.now(), ...asked.request };
      const { 'content-type': contentType } = request.headers;
      if (contentType !== undefined) options.contentType = contentType;
      const body: unknown = request.body;
      const explanation = explainMessage(Buffer.isBuffer(body) ? body : Buffer.alloc(0), options);
      response.setHeader('Cache-Control', 'no-store');
      if (request.accepts(['json', 'text/plain']) === 'text/plain')
        return response.type('text/plain').send(`${explanationText(explanation)}\n`);
      return response.json(explanation);
    })
    .all(methodNotAllowed('POST'));
  routes.use(answerKnownErrors);
  return routes;
}
