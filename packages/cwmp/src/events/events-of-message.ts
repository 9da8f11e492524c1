import { isRefusal, type DropCounts, type Refusal } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import type { CwmpMessage } from '../cwmp-message.js';
import { eventOfInform } from './inform-event.js';
import type { MessageContext } from './message-context.js';
import { eventOfParameters } from './parameters-event.js';
import { eventOfRequest } from './request-event.js';
import { NO_DEVICE } from './session-event.js';

/** What a message of a CPE says of its device. */
export interface MessageEvents {
  /** None for a message that says nothing of the device: GetRPCMethods, an answer without values. */
  events: CpeEvent[];
  /** Values that were left out, by why. */
  drops: DropCounts;
}

/**
 * Turns a message of a CPE into events; never throws.
 * @returns a refusal when the Inform has no usable serial number (`missing_sn`, `invalid_sn`), or when any other message
 * comes without the device of its session (`unexpected_message`)
 */
export function eventsOfMessage(message: CwmpMessage, context: MessageContext): MessageEvents | Refusal {
  const drops: DropCounts = {};
  const event = eventOf(message, context, drops);
  if (event === undefined) return { events: [], drops };
  return isRefusal(event) ? event : { events: [event], drops };
}

function eventOf(
  message: CwmpMessage,
  context: MessageContext,
  drops: DropCounts,
): CpeEvent | Refusal | undefined {
  const { body } = message;
  switch (body.method) {
    case 'Inform':
      return eventOfInform(message, body, context, drops);
    case 'GetParameterValuesResponse':
      return eventOfParameters(message, body, context, drops);
    case 'GetRPCMethods':
    case 'response':
      return context.device === undefined ? NO_DEVICE : undefined;
    default:
      return eventOfRequest(message, body, context, drops);
  }
}
