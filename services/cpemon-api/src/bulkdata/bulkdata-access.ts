import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import type { BulkSender } from '@cpemon/bulkdata';
import {
  challenges,
  createNonces,
  isDeviceName,
  judgeAuthorization,
  namesDevice,
  readCredentials,
  type AuthOptions,
  type AuthScheme,
  type AuthVerdict,
} from '@cpemon/cwmp';
import { createTokenCheck, type Authenticity } from '@cpemon/intake';
import type { BulkdataConfig } from './bulkdata-config.js';

/** Whether a request may send bulk data, by its headers. */
export type BulkdataVerdict =
  /** The user of a profile; absent for a token, and where anyone may send. */
  | { user?: string }
  | Refusal
  /** Credentials that are missing or wrong, with values of WWW-Authenticate. */
  | { challenge: Extract<AuthVerdict, string>; challenges: string[] };

export interface BulkdataAccess {
  judge(request: IncomingMessage, nowMs: number): BulkdataVerdict;
}

const INVALID_TOKEN = refuse('invalid_token', 'The bearer token is not one that may write.');
const MISSING_TOKEN = refuse('missing_token', 'Authorization: Bearer with an ingest token is missing.');

/** @param isAllowedFrom rules about where a request comes from */
export function createBulkdataAccess(
  config: BulkdataConfig,
  tokens: readonly string[],
  isAllowedFrom: Authenticity,
): BulkdataAccess {
  const { auth } = config;
  const checkToken = createTokenCheck(auth !== 'none' && auth.includes('token') ? tokens : []);
  const credentials = credentialsOf(config);
  return {
    judge(request, nowMs): BulkdataVerdict {
      const { headers } = request;
      const place = isAllowedFrom(headers, request);
      if (place !== 'allowed' && isRefusal(place)) return place;
      if (auth === 'none') return {};
      const authorization = headers.authorization === '' ? undefined : headers.authorization;
      const token = checkToken(authorization);
      if (token === 'valid') return {};
      if (credentials === undefined) return token === 'missing_token' ? MISSING_TOKEN : INVALID_TOKEN;
      if (/^Bearer /i.test(authorization ?? '')) return INVALID_TOKEN;
      const verdict = judgeAuthorization(authorization, request.method ?? '', nowMs, credentials);
      if (typeof verdict === 'object') return verdict;
      const nonce = (): string => credentials.nonces.make(nowMs, randomBytes(9).toString('base64url'));
      return {
        challenge: verdict,
        challenges: challenges(credentials, verdict === 'stale_nonce', nonce),
      };
    },
  };
}

/** Undefined where no user and password are taken. MD5 alone: old agents fail at the sight of another. */
function credentialsOf({ auth, realm, credentials, nonceSecret }: BulkdataConfig): AuthOptions | undefined {
  const schemes = auth === 'none' ? [] : auth.filter((scheme): scheme is AuthScheme => scheme !== 'token');
  if (schemes.length === 0) return undefined;
  const secret = nonceSecret ?? randomBytes(32).toString('base64url');
  return {
    schemes,
    algorithms: ['MD5'],
    credentials: readCredentials(credentials, realm),
    nonces: createNonces([secret]),
  };
}

/** Whether a user may send reports of a device: one named like a device (OUI-Serial) may send its own alone. */
export function maySendFor(user: string | undefined, sender: BulkSender): boolean {
  if (user === undefined || !isDeviceName(user)) return true;
  const oui = sender.oui === '' ? user.slice(0, 6) : sender.oui;
  return namesDevice(user, { ...sender, oui });
}
