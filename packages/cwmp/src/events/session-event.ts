import { isRefusal, refuse, type Refusal, type RequestContext } from '@cpemon/contracts';
import { readOui, readSerialNumber, sourceOfPath, type CpeEvent, type EventType } from '@cpemon/domain';
import { clip, LONGEST_NAME } from './clip.js';
import type { MessageContext, SessionDevice } from './message-context.js';

const REFUSED_SERIAL = {
  missing_sn: refuse('missing_sn', 'DeviceId has no SerialNumber.'),
  invalid_sn: refuse('invalid_sn', 'SerialNumber is 1 to 64 printable ASCII characters.'),
};
export const NO_DEVICE = refuse(
  'unexpected_message',
  'The message names no device, and no Inform went before it.',
);

/** An event of the device with everything but its id and data. */
export function newDeviceEvent(
  type: EventType,
  { path, request }: { path: MessageContext['path']; request: RequestContext },
  { serialNumber, oui, productClass }: Pick<SessionDevice, 'serialNumber' | 'oui' | 'productClass'>,
): CpeEvent | Refusal {
  const serial = readSerialNumber(serialNumber);
  if (serial.refused !== undefined) return REFUSED_SERIAL[serial.refused];
  const event: CpeEvent = {
    id: '',
    source: sourceOfPath(path),
    type,
    subject: serial.serialNumber,
    correlationid: request.correlationId,
    data: {},
  };
  const maker = readOui(oui);
  const product = clip(productClass, LONGEST_NAME);
  if (maker !== '') event.oui = maker;
  if (product !== '') event.productclass = product;
  if (request.traceparent !== undefined) event.traceparent = request.traceparent;
  return event;
}

/** An event of the device of the session, at the time of its Inform. */
export function newSessionEvent(type: EventType, context: MessageContext): CpeEvent | Refusal {
  const { device } = context;
  if (device === undefined) return NO_DEVICE;
  const event = newDeviceEvent(type, context, device);
  if (!isRefusal(event) && device.time !== undefined) event.time = device.time;
  return event;
}
