import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import type { Inform, InformEvent } from '../cwmp-message.js';
import { childOf, textOf, type XmlElement } from '../xml/xml-element.js';
import { INFORM_EVENTS } from '../xml/xml-limits.js';
import { standardEventCode } from './event-codes.js';
import { readParameterList } from './parameter-list.js';

const TOO_MANY_EVENTS = refuse('too_many_events', `An Inform has at most ${INFORM_EVENTS} events.`);

/** TR-069 Amendment 6, A.3.3.1. `MaxEnvelopes` is not looked at, as the standard asks. */
export function readInform(element: XmlElement): Inform | Refusal {
  const events = readEvents(childOf(element, 'Event'));
  if (isRefusal(events)) return events;
  const list = readParameterList(childOf(element, 'ParameterList'));
  if (isRefusal(list)) return list;
  const device = childOf(element, 'DeviceId');
  return {
    method: 'Inform',
    manufacturer: textOf(device, 'Manufacturer'),
    oui: textOf(device, 'OUI'),
    productClass: textOf(device, 'ProductClass'),
    serialNumber: textOf(device, 'SerialNumber'),
    events,
    currentTime: textOf(element, 'CurrentTime'),
    retryCount: readRetryCount(textOf(element, 'RetryCount')),
    parameters: list.parameters,
  };
}

function readEvents(list: XmlElement | undefined): InformEvent[] | Refusal {
  const events: InformEvent[] = [];
  if (list === undefined) return events;
  if (list.children.length > INFORM_EVENTS) return TOO_MANY_EVENTS;
  for (const struct of list.children) {
    const code = standardEventCode(textOf(struct, 'EventCode'));
    if (code !== '') events.push({ code, commandKey: textOf(struct, 'CommandKey') });
  }
  return events;
}

/** An unsignedInt, zeros in front allowed; 0 for anything else. */
function readRetryCount(text: string): number {
  const count = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return count <= 0xffff_ffff ? count : 0;
}
