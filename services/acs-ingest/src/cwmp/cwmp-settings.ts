import { randomBytes } from 'node:crypto';
import {
  createNonces,
  createNonceUse,
  createSessionCookies,
  type AuthOptions,
  type CredentialTable,
  type SessionCookies,
} from '@cpemon/cwmp';
import type { CwmpConfig } from './cwmp-config.js';
import { createHealthAsks, type HealthAsks } from './health-asks.js';

/** What the routes of CWMP work with, the same on every port. */
export interface CwmpSettings {
  auth: AuthOptions | 'none';
  cookies: SessionCookies;
  /** Absent: nothing is asked. */
  asks?: HealthAsks;
  maxSessions: number;
}

export function createCwmpSettings(
  config: CwmpConfig,
  credentials: CredentialTable,
  nowMs: () => number = Date.now,
): CwmpSettings {
  const { auth, algorithms, maxSessions } = config;
  const { sessionSecrets } = config;
  const secrets = sessionSecrets.length > 0 ? sessionSecrets : [randomBytes(32).toString('base64url')];
  return {
    auth:
      auth === 'none'
        ? 'none'
        : {
            ...{ schemes: auth, algorithms, credentials, nonces: createNonces(secrets) },
            ...(config.strictNonceCount ? { nonceUse: createNonceUse() } : {}),
          },
    cookies: createSessionCookies(secrets, config.sessionIdleMs),
    ...(config.ask === 'health' ? { asks: createHealthAsks(nowMs) } : {}),
    maxSessions,
  };
}
