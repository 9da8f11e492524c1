import { hash } from 'node:crypto';
import type { Request } from 'express';
import { createTokenCheck, splitNamedToken } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';
import { refuseToken, type Gate } from '../reader-access.js';

/** Who may act on the log, and by what name the audit knows them. */
export interface Operator {
  name: string;
  token: string;
}

/** An entry of OPERATOR_TOKENS: `name:token`, or a token alone, which is named by eight digits of its hash. */
export function readOperator(entry: string): Operator {
  const { name, token } = splitNamedToken(entry);
  return { name: name ?? `token-${hash('sha256', token, 'hex').slice(0, 8)}`, token };
}

/** The gate, and the name under which the audit writes down one who passed it. */
export interface OperatorGate {
  gate: Gate;
  actorOf: (request: Request) => string;
}

const LONGEST_ADDED_NAME = 60;

/** Lets operators through; 403 to a viewer, 401 to anybody else. */
export function createOperatorGate(
  operators: readonly Operator[],
  viewerTokens: readonly string[],
): OperatorGate {
  const checks = operators.map(({ name, token }) => ({ name, check: createTokenCheck([token]) }));
  const isViewer = createTokenCheck(viewerTokens);
  const nameOf = ({ headers: { authorization } }: Request): string | undefined =>
    checks.find(({ check }) => check(authorization) === 'valid')?.name;
  return {
    gate: (request, response, next) => {
      if (nameOf(request) !== undefined) return next();
      const verdict = isViewer(request.headers.authorization);
      const detail = 'Authorization: Bearer with an operator token is needed.';
      if (verdict === 'valid') sendProblem(response, { status: 403, code: 'not_an_operator', detail });
      else refuseToken(response, verdict, detail);
    },
    actorOf: (request) => {
      return withAddedName(nameOf(request) ?? '', request);
    },
  };
}

/** A token that several people share: X-Operator says who of them, and is believed as far as the token is. */
export function withAddedName(name: string, { headers }: Request): string {
  const added = headers['x-operator'];
  if (typeof added !== 'string' || !/^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/.test(added)) return name;
  return `${name} (${added.trim().slice(0, LONGEST_ADDED_NAME)})`;
}
