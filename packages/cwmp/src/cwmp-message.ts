import type { ParameterValues } from '@cpemon/domain';

/** A SOAP envelope of CWMP as it was understood: one method, its arguments, and what an answer must repeat. */
export interface CwmpMessage {
  /** `cwmp:ID` of the header, as sent; absent where the CPE sent none. An answer echoes it. */
  id?: string;
  /** Namespace of the method as sent (`urn:dslforum-org:cwmp-1-0` … `-1-4`); an answer uses the same. */
  namespace: string;
  body: CwmpBody;
}

export type CwmpBody =
  | Inform
  | TransferComplete
  | AutonomousTransferComplete
  | OtherRequest
  | GetParameterValuesResponse
  | OtherResponse
  | CwmpFault;

/** TR-069 Amendment 6, A.3.3.1. Texts are as sent, trimmed; absent elements are empty texts. */
export interface Inform {
  method: 'Inform';
  manufacturer: string;
  oui: string;
  productClass: string;
  serialNumber: string;
  /** In the order sent; may be empty. */
  events: InformEvent[];
  /** As sent, in any of the forms that devices use. */
  currentTime: string;
  /** 0 where it is absent or no number. */
  retryCount: number;
  parameters: ParameterValues;
}

export interface InformEvent {
  /** In the standard's writing where it is one of its codes ("1 Boot" is `1 BOOT`), else as sent. */
  code: string;
  commandKey: string;
}

/** A.3.3.2. `faultCode` is `0` for success. */
export interface TransferComplete {
  method: 'TransferComplete';
  commandKey: string;
  faultCode: string;
  faultString: string;
  startTime: string;
  completeTime: string;
}

/** A.3.3.3 */
export interface AutonomousTransferComplete {
  method: 'AutonomousTransferComplete';
  /** What was moved: 'true' for a download. */
  isDownload: boolean;
  fileType: string;
  faultCode: string;
  faultString: string;
  startTime: string;
  completeTime: string;
}

/** Further requests of a CPE: their scalar arguments by name ("CommandKey", "FileType", …), at most 32 of them. */
export interface OtherRequest {
  method:
    | 'RequestDownload'
    | 'Kicked'
    | 'DUStateChangeComplete'
    | 'AutonomousDUStateChangeComplete'
    | 'GetRPCMethods';
  args: Record<string, string>;
}

export interface GetParameterValuesResponse {
  method: 'GetParameterValuesResponse';
  parameters: ParameterValues;
}

/** Any other response of a CPE, by its element's name; its contents are not kept. */
export interface OtherResponse {
  method: 'response';
  name: string;
}

/** A SOAP Fault with or without the detail of CWMP. `code` is empty where there is none. */
export interface CwmpFault {
  method: 'Fault';
  code: string;
  text: string;
}
