import type { ServerResponse } from 'node:http';
import { sendProblem, type ExtraRoute } from '@cpemon/service-kit';
import { createTokenCheck } from './bearer-token.js';
import type { RefusedBodyRing } from './refused-bodies.js';

export const REFUSED_BODIES_PATH = '/refused-bodies';

/**
 * For the operations port: `GET /refused-bodies` lists what is kept, without the bodies; `GET /refused-bodies/ID` is
 * one of them whole. For operators only, whoever else may see metrics.
 */
export function createRefusedBodiesRoute(
  ring: RefusedBodyRing,
  operatorTokens: readonly string[],
): ExtraRoute {
  const checkToken = createTokenCheck(operatorTokens);
  return {
    path: REFUSED_BODIES_PATH,
    answer(request, response, rest) {
      const verdict = checkToken(request.headers.authorization);
      if (verdict !== 'valid') return refuseToken(response, verdict);
      if (rest === '') return answerList(ring, response);
      const found = ring.list().find(({ id }) => String(id) === rest);
      if (found !== undefined) return sendJson(response, found);
      const detail = 'No refused body of that number is kept (any more).';
      sendProblem(response, { status: 404, code: 'not_found', detail });
    },
  };
}

function answerList(ring: RefusedBodyRing, response: ServerResponse): void {
  const items = ring.list().map(({ body: _body, ...facts }) => facts);
  sendJson(response, { items, passed_over: ring.passedOver() });
}

function refuseToken(response: ServerResponse, code: 'missing_token' | 'invalid_token'): void {
  response.setHeader('WWW-Authenticate', 'Bearer realm="cpemon"');
  const detail = 'Authorization: Bearer with an operator token is needed.';
  sendProblem(response, { status: 401, code, detail });
}

function sendJson(response: ServerResponse, body: unknown): void {
  response
    .writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(body));
}
