import type { IncomingHttpHeaders } from 'node:http';
import {
  isRefusal,
  readDeviceId,
  readArrayBody,
  WEBHOOK_BODY_BYTES,
  WEBHOOK_FORMAT,
  type RequestContext,
} from '@cpemon/contracts';
import { completeEvent, eventsOfMessage, readEnvelope, type MessageContext } from '@cpemon/cwmp';
import type { BodyReader, BodyReading } from '@cpemon/intake';

/** What `POST /acs/webhook` takes: JSON in the shapes of many systems, and envelopes of CPEs as an ACS forwards them. */
export const WEBHOOK_READING: BodyReading = {
  takes: ['json', 'xml'],
  limitBytes: WEBHOOK_BODY_BYTES,
  compressed: 'decoded',
  read: (body, mediaType, context, headers) =>
    mediaType === 'xml' || isBareXml(body, headers['content-type'])
      ? readForwarded(body, headers, context)
      : readJson(body, context),
};

const readJson = (body: Buffer, context: RequestContext): ReturnType<BodyReader> => {
  const read = readArrayBody(body, WEBHOOK_FORMAT, context);
  if (!isRefusal(read)) for (const event of read.events) completeEvent(event, read.drops);
  return read;
};

function readForwarded(
  body: Buffer,
  headers: IncomingHttpHeaders,
  context: RequestContext,
): ReturnType<BodyReader> {
  const message = readEnvelope(body, headers['content-type']);
  if (isRefusal(message)) return message;
  const device = deviceOf(headers);
  const read = eventsOfMessage(message, {
    ...{ path: 'webhook', request: context },
    ...(device === undefined ? {} : { device }),
  });
  return isRefusal(read) ? read : { ...read, rejected: [] };
}

/** Of messages that name none, a TransferComplete and the like: `OUI-ProductClass-SerialNumber`, each percent-escaped. */
function deviceOf(headers: IncomingHttpHeaders): MessageContext['device'] {
  const named = headers['x-cpemon-device'];
  const device = typeof named === 'string' ? readDeviceId(named) : undefined;
  if (device === undefined) return undefined;
  const { serialNumber, oui = '', productClass = '' } = device;
  return { serialNumber, oui: oui.toUpperCase(), productClass };
}

const BYTE_ORDER_MARK = 0xef;
const LESS_THAN = 0x3c;

/** Without a type a body is JSON, unless it begins as XML does. */
function isBareXml(body: Buffer, contentType: string | undefined): boolean {
  if (contentType !== undefined && contentType !== '') return false;
  let at = body[0] === BYTE_ORDER_MARK ? 3 : 0;
  while (at < body.length && body[at]! <= 0x20) at += 1;
  return body[at] === LESS_THAN;
}
