import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse, type Refusal, type RefusalCode } from '@cpemon/contracts';
import {
  OLDEST_NAMESPACE,
  isDeviceName,
  judgeAuthorization,
  namesDevice,
  writeFault,
  type AuthVerdict,
  type CwmpSession,
  type NamedDevice,
} from '@cpemon/cwmp';
import { correlationIdOf, refuseBody, senderOf, type PathMetrics, type RefusedBodies } from '@cpemon/intake';
import type { ConnectionSessions } from './connection-sessions.js';
import { FAULT_OF, sendChallenge, sendEnvelope } from './cwmp-answers.js';
import type { CwmpMetrics } from './cwmp-metrics.js';
import type { CwmpSettings } from './cwmp-settings.js';

/** One request of a CPE: who sent it, as far as that is known, and the ways to turn it away. */
export interface CwmpExchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Epoch. */
  nowMs: number;
  correlationId: string;
  /** By its cookie, else by its connection. */
  session: CwmpSession | undefined;
  /** Once it is here, decoded where that was possible. */
  body?: Buffer;
  /** A session cookie that is not ours, or too old. */
  hasBadCookie: boolean;
  /** What the credentials come to; worked out when first asked. */
  verdict(): AuthVerdict | 'anyone';
  /** Answers 401 unless the credentials are right. @returns whether they are */
  isKnown(): boolean;
  /** Answers 403 when the user name, if it was shown, is that of another device. @returns whether it may be this one */
  mayBe(device: NamedDevice): boolean;
  /** Answers with an HTTP status. */
  refuse(refusal: Refusal): void;
  /** Answers with what FAULT_OF says for the code. */
  answerBadMessage(refusal: Refusal & { id?: string; namespace?: string }): void;
}

const IDENTITY_MISMATCH = refuse('identity_mismatch', "The user name is another device's than the DeviceId.");

export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  parts: {
    settings: CwmpSettings;
    connections: ConnectionSessions;
    metrics: PathMetrics;
    cwmpMetrics: CwmpMetrics;
    refusedBodies: RefusedBodies;
  },
): CwmpExchange {
  const { settings, connections, metrics, cwmpMetrics } = parts;
  const { headers } = request;
  const { auth } = settings;
  const nowMs = Date.now();
  const correlationId = correlationIdOf(headers);
  const own = settings.cookies.read(headers.cookie, nowMs);
  const cookie = own === 'none' ? settings.cookies.read(connections.cookieOf(request), nowMs) : own;
  const hasBadCookie = own !== 'none' && 'refused' in own;
  if (hasBadCookie) cwmpMetrics.cookieRefused(own.refused);
  const session = cookie !== 'none' && 'session' in cookie ? cookie.session : undefined;

  let verdict: AuthVerdict | 'anyone' | undefined;
  const keep = (refusal: Refusal): void => {
    const { body } = exchange;
    if (body !== undefined)
      parts.refusedBodies.keep({ ...senderOf(request), ...refusal, path: 'cwmp', body });
  };
  const refuseWithStatus = (refusal: Refusal): void => {
    keep(refusal);
    refuseBody(response, metrics, refusal, correlationId);
  };
  const exchange: CwmpExchange = {
    ...{ request, response, nowMs, correlationId, session, hasBadCookie },
    verdict: () =>
      (verdict ??=
        auth === 'none' ? 'anyone' : judgeAuthorization(headers.authorization, 'POST', nowMs, auth)),
    isKnown() {
      const judged = exchange.verdict();
      if (auth === 'none' || judged === 'anyone' || typeof judged === 'object') return true;
      metrics.ended(judged);
      // A first challenge is how Digest begins.
      if (judged !== 'missing_credentials') metrics.refused(judged);
      sendChallenge(response, judged, auth, nowMs, correlationId);
      return false;
    },
    mayBe(device) {
      const judged = exchange.verdict();
      if (typeof judged !== 'object' || !isDeviceName(judged.user) || namesDevice(judged.user, device))
        return true;
      refuseWithStatus(IDENTITY_MISMATCH);
      return false;
    },
    refuse: refuseWithStatus,
    answerBadMessage(refusal) {
      const code: RefusalCode = refusal.code;
      const fault = FAULT_OF[code];
      if (fault === undefined) return refuseWithStatus(refusal);
      keep({ code, detail: refusal.detail });
      metrics.ended(code);
      metrics.refused(code);
      const { id, namespace = OLDEST_NAMESPACE } = refusal;
      sendEnvelope(response, writeFault({ ...(id === undefined ? {} : { id }), namespace }, fault));
    },
  };
  return exchange;
}
