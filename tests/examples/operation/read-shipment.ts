import { gunzipSync } from 'node:zlib';
import { eventsOfReports, readBulkBody, readBulkSender } from '@cpemon/bulkdata';
import {
  HEARTBEAT_FORMAT,
  TELEMETRY_FORMAT,
  isRefusal,
  readArrayBody,
  readCloudEvents,
  readSingleBody,
  type RequestContext,
} from '@cpemon/contracts';
import type { CpeEvent, IntakePath } from '@cpemon/domain';
import { WEBHOOK_READING } from '../../../services/acs-ingest/src/webhook/read-webhook.js';
import { cloudEventRules } from '../../../services/cpemon-api/src/cloud-events-route.js';
import type { HttpRequest } from '../../../services/cpe-simulator/src/http-target.js';
import type { Path } from '../../../services/cpe-simulator/src/report-ways.js';

/** By which way in a request of the simulator comes. */
export const WAY_IN: Partial<Record<Path, IntakePath>> = {
  heartbeat: 'heartbeat',
  telemetry: 'telemetry',
  webhook: 'webhook',
  bulk: 'bulkdata',
  observation: 'events',
};

const OBSERVATIONS = cloudEventRules('refused');

/**
 * What the intake makes of a request: the readers of cpemon-api and acs-ingest, without their HTTP.
 * @throws Error when they refuse it
 */
export function eventsOfRequest(path: Path, request: HttpRequest, context: RequestContext): CpeEvent[] {
  const body = Buffer.from(request.body);
  const { headers } = request;
  if (path === 'bulk') return eventsOfBulk(request.path, body, headers, context);
  const read =
    path === 'observation'
      ? readCloudEvents(body, 'batch', headers, OBSERVATIONS, context)
      : path === 'heartbeat'
        ? readSingleBody(body, HEARTBEAT_FORMAT, context)
        : path === 'telemetry'
          ? readArrayBody(body, TELEMETRY_FORMAT, context)
          : WEBHOOK_READING.read(
              body,
              headers['content-type']?.startsWith('text/xml') === true ? 'xml' : 'json',
              context,
              headers,
            );
  if (isRefusal(read)) throw new Error(`The intake refuses a request by ${path}: ${read.code}`);
  return read.events;
}

function eventsOfBulk(
  url: string,
  sent: Buffer,
  headers: Record<string, string>,
  context: RequestContext,
): CpeEvent[] {
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  const read = readBulkBody(body, headers['content-type']);
  const sender = readBulkSender(url);
  if (isRefusal(read)) throw new Error(`The intake refuses bulk data: ${read.code}`);
  if (isRefusal(sender)) throw new Error(`The intake refuses a sender of bulk data: ${sender.code}`);
  return [...eventsOfReports(read.reports, sender, context, {})];
}
