import { createHmac } from 'node:crypto';
import type { Fleet } from './fleet.js';
import type { HttpTarget } from './http-target.js';
import type { Outcome } from './outcome.js';
import { heartbeatBody, telemetryBody, webhookBody, type Report } from './report-bodies.js';
import type { Path, Shipment } from './shipment.js';

export interface TransportSettings {
  fleet: Fleet;
  /** Takes heartbeats and telemetry. */
  api: HttpTarget;
  /** Takes webhooks. */
  acs: HttpTarget;
  /** Bearer token for the API; without one nothing is sent along. */
  ingestToken: string | undefined;
  /** Key of the webhook's HMAC; without one webhooks go unsigned. */
  webhookSecret: string | undefined;
}

/** Posts a shipment the way its path asks for. Bodies are made anew from seed and time, byte for byte the same. */
export type SendShipment = (shipment: Shipment) => Promise<Outcome>;

export function createTransport(settings: TransportSettings): SendShipment {
  const { fleet, api, acs, webhookSecret } = settings;
  const json = { 'content-type': 'application/json' };
  const apiHeaders =
    settings.ingestToken === undefined ? json : { ...json, authorization: `Bearer ${settings.ingestToken}` };

  const send: Record<Path, (reports: readonly Report[]) => Promise<Outcome>> = {
    heartbeat: (reports) => api.post('/cpe/heartbeat', heartbeatBody(fleet, onlyOne(reports)), apiHeaders),
    telemetry: (reports) => api.post('/v1/telemetry', telemetryBody(fleet, reports), apiHeaders),
    webhook: (reports) => {
      const body = webhookBody(fleet, onlyOne(reports));
      const headers =
        webhookSecret === undefined ? json : { ...json, 'x-signature': signatureOf(body, webhookSecret) };
      return acs.post('/acs/webhook', body, headers);
    },
  };
  return ({ path, reports }) => send[path](reports);
}

/** Hex HMAC-SHA256 of the raw body, as `X-Signature` carries it. */
export const signatureOf = (body: string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');

function onlyOne(reports: readonly Report[]): Report {
  const [report] = reports;
  if (report === undefined) throw new Error('a shipment without a report');
  return report;
}
