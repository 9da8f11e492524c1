import type { CwmpFault } from '../cwmp-message.js';
import { childOf, textOf, type XmlElement } from '../xml/xml-element.js';

/**
 * A Fault of SOAP 1.1 with CWMP's own in its detail (TR-069 Amendment 6, 3.5), one of SOAP 1.2, or CWMP's alone.
 * Its text is that of CWMP's fault, else of SOAP's.
 */
export function readFault(element: XmlElement): CwmpFault {
  const detail = childOf(element, 'detail') ?? childOf(element, 'Detail');
  const fault = childOf(detail, 'Fault') ?? (detail === undefined ? element : detail);
  return {
    method: 'Fault',
    code: textOf(fault, 'FaultCode'),
    text:
      textOf(fault, 'FaultString') ||
      textOf(element, 'faultstring') ||
      textOf(childOf(element, 'Reason'), 'Text'),
  };
}
