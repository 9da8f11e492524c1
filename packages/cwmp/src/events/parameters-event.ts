import { isRefusal, type DropCounts, type Refusal } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import type { CwmpMessage, GetParameterValuesResponse } from '../cwmp-message.js';
import type { MessageContext } from './message-context.js';
import { messageIdentity, senderIdentity } from './message-identity.js';
import { addParameters } from './parameter-data.js';
import { newSessionEvent } from './session-event.js';

/** `cpemon.parameters.v1` of the values that an ACS, or we, asked the device of the session for. */
export function eventOfParameters(
  message: CwmpMessage,
  body: GetParameterValuesResponse,
  context: MessageContext,
  drops: DropCounts,
): CpeEvent | Refusal {
  const event = newSessionEvent('cpemon.parameters.v1', context);
  if (isRefusal(event)) return event;
  const { oui = '', productClass = '', manufacturer = '' } = context.device ?? {};
  addParameters(event.data, body.parameters, { oui, productClass, manufacturer }, drops);
  event.id = senderIdentity(context) ?? messageIdentity(event, message, context.request);
  return event;
}
