import { isRefusal, refuse, type Refusal } from '@cpemon/contracts';
import type { CwmpBody } from '../cwmp-message.js';
import { ownCopy } from '../xml/own-copy.js';
import { childOf, type XmlElement } from '../xml/xml-element.js';
import { readFault } from './fault.js';
import { readInform } from './inform.js';
import { readParameterList } from './parameter-list.js';
import { readAutonomousTransferComplete, readOtherRequest, readTransferComplete } from './requests.js';

const NOT_OF_A_CPE = refuse('unexpected_message', 'This is no request or response of a CPE.');

type ReadRequest = (element: XmlElement) => CwmpBody | Refusal;

/** Requests of a CPE: the ACS answers each with the same name and "Response". */
const REQUESTS: ReadonlyMap<string, ReadRequest> = new Map<string, ReadRequest>([
  ['Inform', readInform],
  ['TransferComplete', readTransferComplete],
  ['AutonomousTransferComplete', readAutonomousTransferComplete],
  ...(['RequestDownload', 'Kicked', 'DUStateChangeComplete', 'AutonomousDUStateChangeComplete'] as const).map(
    (method) => [method, (element: XmlElement) => readOtherRequest(method, element)] as const,
  ),
]);

const RESPONSE = 'Response';

/** The method of a message and its arguments, by the element's local name. */
export function readBody(element: XmlElement): CwmpBody | Refusal {
  const name = element.localName;
  const readRequest = REQUESTS.get(name);
  if (readRequest !== undefined) return readRequest(element);
  // Of the ACS as well, so its response is not taken for the ACS's.
  if (name === 'GetRPCMethods') return readOtherRequest(name, element);
  if (name === 'Fault') return readFault(element);
  if (name === 'GetParameterValuesResponse') {
    const list = readParameterList(childOf(element, 'ParameterList'));
    return isRefusal(list) ? list : { method: name, parameters: list.parameters };
  }
  if (!name.endsWith(RESPONSE) || REQUESTS.has(name.slice(0, -RESPONSE.length))) return NOT_OF_A_CPE;
  return { method: 'response', name: ownCopy(name) };
}
