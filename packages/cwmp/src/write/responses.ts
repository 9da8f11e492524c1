import { writeEnvelope, type AnsweredMessage } from './envelope.js';

/** What a CPE may ask an ACS to do, and this one does (TR-069 Amendment 6, A.3.1 and A.4.2). */
export const ACS_METHODS = [
  'Inform',
  'GetRPCMethods',
  'TransferComplete',
  'AutonomousTransferComplete',
  'RequestDownload',
  'Kicked',
  'DUStateChangeComplete',
  'AutonomousDUStateChangeComplete',
] as const;
export type AcsMethod = (typeof ACS_METHODS)[number];

const METHOD_LIST = ACS_METHODS.map((method) => `<string>${method}</string>`).join('');

/** What each response holds. Elements without content are written with two tags: not every client knows the short form. */
const CONTENTS: Record<AcsMethod, string> = {
  Inform: '<MaxEnvelopes>1</MaxEnvelopes>',
  GetRPCMethods: `<MethodList soap-enc:arrayType="xsd:string[${ACS_METHODS.length}]">${METHOD_LIST}</MethodList>`,
  TransferComplete: '',
  AutonomousTransferComplete: '',
  RequestDownload: '',
  // Where to send the user's browser: nowhere.
  Kicked: '<NextURL></NextURL>',
  DUStateChangeComplete: '',
  AutonomousDUStateChangeComplete: '',
};

const BODIES = Object.fromEntries(
  ACS_METHODS.map((method) => [
    method,
    `<cwmp:${method}Response>${CONTENTS[method]}</cwmp:${method}Response>`,
  ]),
) as Record<AcsMethod, string>;

/** The response to a request of a CPE. */
export function writeResponse(request: AnsweredMessage, method: AcsMethod): string {
  return writeEnvelope(request, BODIES[method]);
}
