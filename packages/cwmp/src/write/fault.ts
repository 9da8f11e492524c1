import { writeEnvelope, type AnsweredMessage } from './envelope.js';

/** Faults of an ACS (TR-069 Amendment 6, A.5.2) with whose fault it is and what it is called. */
const ACS_FAULTS = {
  8000: { faultcode: 'Server', text: 'Method not supported' },
  8001: { faultcode: 'Server', text: 'Request denied' },
  8002: { faultcode: 'Server', text: 'Internal error' },
  8003: { faultcode: 'Client', text: 'Invalid arguments' },
  8005: { faultcode: 'Server', text: 'Retry request' },
  8006: { faultcode: 'Server', text: 'ACS version incompatible with CPE version' },
} as const;
export type AcsFaultCode = keyof typeof ACS_FAULTS;

/** A SOAP Fault with the detail of CWMP, in answer to a request. */
export function writeFault(request: AnsweredMessage, code: AcsFaultCode): string {
  const { faultcode, text } = ACS_FAULTS[code];
  return writeEnvelope(
    request,
    `<soap-env:Fault><faultcode>${faultcode}</faultcode><faultstring>CWMP fault</faultstring>` +
      `<detail><cwmp:Fault><FaultCode>${code}</FaultCode><FaultString>${text}</FaultString></cwmp:Fault></detail>` +
      '</soap-env:Fault>',
  );
}
