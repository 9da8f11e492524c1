import { createHmac } from 'node:crypto';
import type { Fleet } from './fleet.js';
import type { HttpRequest, HttpTarget } from './http-target.js';
import type { Outcome } from './outcome.js';
import type { Way } from './report-ways.js';
import { bulkRequest } from './reports/bulk-request.js';
import { heartbeatBody, telemetryBody, webhookBody } from './reports/heartbeat-body.js';
import { informOf } from './reports/inform.js';
import { onlyReport, type Shipment } from './shipment.js';

export interface TransportSettings {
  fleet: Fleet;
  /** Takes heartbeats, telemetry and bulk data. */
  api: HttpTarget;
  /** Takes webhooks and copies. */
  acs: HttpTarget;
  /** Has the sessions of CPEs with their ACS. */
  holdSession: SendShipment;
  /** Bearer token for the API and the mirror; without one nothing is sent along. */
  ingestToken: string | undefined;
  /** Key of the webhook's HMAC; without one webhooks go unsigned. */
  webhookSecret: string | undefined;
}

/** Posts a shipment the way its path asks for. */
export type SendShipment = (shipment: Shipment) => Promise<Outcome>;

export interface Transport {
  send: SendShipment;
  /**
   * The request of a shipment. Bodies are made anew from seed and time, byte for byte the same, unless the device has
   * changed: then it stands in `frozen`. Sessions have none: each attempt is another.
   */
  requestOf(shipment: Shipment): HttpRequest | undefined;
}

type Requested = Exclude<Way, 'cwmp'>;

export function createTransport(settings: TransportSettings): Transport {
  const { fleet, api, acs, webhookSecret, ingestToken } = settings;
  const bearer: Record<string, string> =
    ingestToken === undefined ? {} : { authorization: `Bearer ${ingestToken}` };
  const apiHeaders = { 'content-type': 'application/json', ...bearer };
  const signed = (body: string, contentType: string): HttpRequest => ({
    path: `${acs.prefix}/acs/webhook`,
    body,
    headers: {
      'content-type': contentType,
      ...(webhookSecret === undefined ? {} : { 'x-signature': signatureOf(body, webhookSecret) }),
    },
  });
  const bulk = (shipment: Shipment): HttpRequest => {
    const request = bulkRequest(fleet, shipment.way, shipment.reports, shipment.profile);
    return { ...request, path: api.prefix + request.path, headers: { ...request.headers, ...bearer } };
  };
  const informAtFirst = (shipment: Shipment): string => {
    const report = onlyReport(shipment);
    return informOf(fleet, report, report.dueMs);
  };

  const make: Record<Requested, (shipment: Shipment) => HttpRequest> = {
    heartbeat: (shipment) => ({
      path: `${api.prefix}/cpe/heartbeat`,
      body: heartbeatBody(fleet, onlyReport(shipment)),
      headers: apiHeaders,
    }),
    telemetry: ({ reports }) => ({
      path: `${api.prefix}/v1/telemetry`,
      body: telemetryBody(fleet, reports),
      headers: apiHeaders,
    }),
    webhook: (shipment) => signed(webhookBody(fleet, onlyReport(shipment)), 'application/json'),
    'webhook-xml': (shipment) => signed(informAtFirst(shipment), 'text/xml; charset=utf-8'),
    mirror: (shipment) => ({
      path: `${acs.prefix}/acs/mirror`,
      body: informAtFirst(shipment),
      headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '', ...bearer },
    }),
    'bulk-tree': bulk,
    'bulk-pairs': bulk,
    'bulk-rows': bulk,
    'bulk-columns': bulk,
  };

  const requestOf = (shipment: Shipment): HttpRequest | undefined =>
    shipment.way === 'cwmp' ? undefined : (shipment.frozen ?? make[shipment.way](shipment));
  return {
    requestOf,
    send(shipment) {
      const request = requestOf(shipment);
      if (request === undefined) return settings.holdSession(shipment);
      return (shipment.path === 'webhook' || shipment.path === 'mirror' ? acs : api).send(request);
    },
  };
}

/** Hex HMAC-SHA256 of the raw body, as `X-Signature` carries it. */
export const signatureOf = (body: string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex');
