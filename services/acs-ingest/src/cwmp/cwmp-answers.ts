import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { refuse, type RefusalCode } from '@cpemon/contracts';
import { challenges, type AcsFaultCode, type AuthOptions, type AuthVerdict } from '@cpemon/cwmp';
import { sendRefusal } from '@cpemon/intake';

/**
 * Refusals that are answered with a SOAP Fault and HTTP 200, as the envelope was understood (TR-069 Amendment 6, 3.4.1).
 * Any other is an HTTP status: what came was no CWMP. docs/integrations/cwmp.md has the table.
 */
export const FAULT_OF: Partial<Record<RefusalCode, AcsFaultCode>> = {
  // A method that an ACS does not have.
  unexpected_message: 8000,
  missing_sn: 8003,
  invalid_sn: 8003,
  too_many_events: 8003,
  too_many_parameters: 8003,
};

/** 200 with an envelope, whole: netcwmp takes a chunked body for an empty one. */
export function sendEnvelope(response: ServerResponse, xml: string, setCookie?: string): void {
  if (response.destroyed) return;
  const headers = [
    'Content-Type',
    'text/xml; charset="utf-8"',
    'Content-Length',
    String(Buffer.byteLength(xml)),
  ];
  if (setCookie !== undefined) headers.push('Set-Cookie', setCookie);
  response.writeHead(200, headers).end(xml);
}

/** 204: there is nothing more; the session is over (TR-069 Amendment 6, 3.7.2.4). */
export function sendNothing(response: ServerResponse): void {
  if (!response.destroyed) response.writeHead(204).end();
}

const DENIED: Record<Extract<AuthVerdict, string>, string> = {
  missing_credentials: 'Credentials are needed: see WWW-Authenticate.',
  invalid_credentials: 'The user name or the password is wrong.',
  stale_nonce: 'The nonce is over, or not one of ours: answer the new one.',
};

/** 401 with a challenge. */
export function sendChallenge(
  response: ServerResponse,
  verdict: Extract<AuthVerdict, string>,
  auth: AuthOptions,
  nowMs: number,
  correlationId: string,
): void {
  const nonce = (): string => auth.nonces.make(nowMs, randomBytes(9).toString('base64url'));
  response.setHeader('WWW-Authenticate', challenges(auth, verdict === 'stale_nonce', nonce));
  sendRefusal(response, refuse(verdict, DENIED[verdict]), correlationId);
}
