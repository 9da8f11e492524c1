import { isRefusal, readDeviceId } from '@cpemon/contracts';
import { eventsOfMessage, readEnvelope, type SessionDevice } from '@cpemon/cwmp';
import { requestContext } from './request-context.js';
import { explainedEvent } from './explained-event.js';
import type { ExplainOptions, Explanation } from './explanation.js';

/** An envelope of a CPE: from its session, a mirror, or forwarded by an ACS. */
export function explainCwmp(body: Buffer, options: ExplainOptions, explanation: Explanation): void {
  const message = readEnvelope(body, options.contentType);
  // Not by `code`, which a Fault has as well.
  if (!('body' in message)) {
    explanation.refusal = { code: message.code, detail: message.detail };
    return;
  }
  const { method } = message.body;
  explanation.notes.push(`${method} in ${message.namespace}`);
  const named = method === 'Inform' ? undefined : sessionDevice(options.device);
  if (method !== 'Inform' && options.device === undefined)
    explanation.notes.push('The message names no device: it is that of the Inform before it in its session.');
  const result = eventsOfMessage(message, {
    ...{ path: 'cwmp', request: requestContext(options) },
    ...(named === undefined ? {} : { device: named }),
  });
  if (isRefusal(result)) {
    explanation.refusal = result;
    return;
  }
  explanation.drops = result.drops;
  if (result.events.length === 0)
    explanation.notes.push('It says nothing of the device: no event comes of it.');
  for (const event of result.events) {
    const inform = message.body.method === 'Inform' ? message.body : undefined;
    const sender = {
      manufacturer: inform?.manufacturer ?? '',
      oui: event.oui ?? '',
      productClass: event.productclass ?? '',
    };
    const parameters = 'parameters' in message.body ? message.body.parameters : {};
    explanation.events.push({
      ...explainedEvent(event, parameters, sender),
      identifiedBy: inform === undefined ? 'the session' : 'the DeviceId of the Inform',
      ...(inform === undefined || inform.currentTime === '' ? {} : { timeAsSent: inform.currentTime }),
    });
  }
}

const UNNAMED: SessionDevice = { serialNumber: 'unknown', oui: '', productClass: '' };

function sessionDevice(text: string | undefined): SessionDevice {
  const device = text === undefined ? undefined : readDeviceId(text);
  if (device === undefined) return UNNAMED;
  const { serialNumber, oui = '', productClass = '' } = device;
  return { serialNumber, oui: oui.toUpperCase(), productClass };
}
