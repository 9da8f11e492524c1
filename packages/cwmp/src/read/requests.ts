import type { AutonomousTransferComplete, OtherRequest, TransferComplete } from '../cwmp-message.js';
import { ownCopy } from '../xml/own-copy.js';
import { childOf, textOf, type XmlElement } from '../xml/xml-element.js';
import { REQUEST_ARGUMENTS } from '../xml/xml-limits.js';
import { emptyRecord, setEntry } from './safe-record.js';

/** TR-069 Amendment 6, A.3.3.2 */
export function readTransferComplete(element: XmlElement): TransferComplete {
  return {
    method: 'TransferComplete',
    commandKey: textOf(element, 'CommandKey'),
    ...readOutcome(element),
  };
}

/** A.3.3.3 */
export function readAutonomousTransferComplete(element: XmlElement): AutonomousTransferComplete {
  const isDownload = textOf(element, 'IsDownload').toLowerCase();
  return {
    method: 'AutonomousTransferComplete',
    isDownload: isDownload === 'true' || isDownload === '1',
    fileType: textOf(element, 'FileType'),
    ...readOutcome(element),
  };
}

function readOutcome(element: XmlElement) {
  const fault = childOf(element, 'FaultStruct');
  return {
    faultCode: textOf(fault, 'FaultCode') || '0',
    faultString: textOf(fault, 'FaultString'),
    startTime: textOf(element, 'StartTime'),
    completeTime: textOf(element, 'CompleteTime'),
  };
}

/**
 * The scalar arguments of any other request. Those inside of others have the path to them as their name, with the number
 * of a struct in its list in place of its type: `Results.1.UUID`, `FileTypeArg.2.Name`.
 */
export function readOtherRequest(method: OtherRequest['method'], element: XmlElement): OtherRequest {
  const args = emptyRecord<string>();
  collectArguments(element, '', args, { left: REQUEST_ARGUMENTS });
  return { method, args };
}

function collectArguments(
  element: XmlElement,
  path: string,
  args: Record<string, string>,
  room: { left: number },
): void {
  let structs = 0;
  for (const child of element.children) {
    if (room.left === 0) return;
    const { localName } = child;
    const isListed = localName.endsWith('Struct') && localName !== 'FaultStruct';
    if (isListed) structs += 1;
    const name = `${path}${isListed ? structs : localName}`;
    if (child.children.length > 0) {
      collectArguments(child, `${name}.`, args, room);
    } else {
      setEntry(args, ownCopy(name), child.text.trim());
      room.left -= 1;
    }
  }
}
