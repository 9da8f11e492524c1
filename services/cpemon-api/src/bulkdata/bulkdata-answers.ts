import type { ServerResponse } from 'node:http';
import { refuse, type RejectedElement } from '@cpemon/contracts';
import type { AuthVerdict } from '@cpemon/cwmp';
import { sendRefusal } from '@cpemon/intake';

/** Of a body with more, the others are only counted. */
const LISTED_REJECTED = 100;

/** 200: what was accepted is committed. Agents exist that take no other status for success. */
export function sendTaken(
  response: ServerResponse,
  correlationId: string,
  taken: { accepted: number; rejected: readonly RejectedElement[]; leftOut: number },
): void {
  if (response.destroyed) return;
  const { accepted, rejected, leftOut } = taken;
  const text = JSON.stringify({
    status: accepted === 0 ? 'empty' : 'queued',
    accepted,
    ...listed(rejected),
    ...(leftOut === 0 ? {} : { left_out: leftOut }),
    correlation_id: correlationId,
  });
  response
    .writeHead(200, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(text),
      'X-Correlation-ID': correlationId,
    })
    .end(text);
}

/** The first of the rejected reports, for an answer. */
export const listed = (rejected: readonly RejectedElement[]): Record<string, unknown> => ({
  rejected: rejected.slice(0, LISTED_REJECTED),
  ...(rejected.length <= LISTED_REJECTED ? {} : { rejected_unlisted: rejected.length - LISTED_REJECTED }),
});

const DENIED: Record<Extract<AuthVerdict, string>, string> = {
  missing_credentials: 'Credentials are needed: see WWW-Authenticate.',
  invalid_credentials: 'The user name or the password is wrong.',
  stale_nonce: 'The nonce is over, or not one of ours: answer the new one.',
};

/** 401 with a challenge. */
export function sendChallenge(
  response: ServerResponse,
  verdict: Extract<AuthVerdict, string>,
  values: readonly string[],
  correlationId: string,
): void {
  response.setHeader('WWW-Authenticate', values);
  sendRefusal(response, refuse(verdict, DENIED[verdict]), correlationId);
}
