import type { RequestContext } from '@cpemon/contracts';

/** The ways in on which messages of CPEs come. */
export type MessagePath = 'cwmp' | 'mirror' | 'webhook';

/** What is known of a message beside the message. */
export interface MessageContext {
  path: MessagePath;
  request: RequestContext;
  /** The device of the session's Inform, for messages that name none. */
  device?: SessionDevice;
}

export interface SessionDevice {
  serialNumber: string;
  oui: string;
  productClass: string;
  manufacturer?: string;
  /**
   * Believable time of the session's Inform, RFC 3339: `time` of its event. It orders what else the session brings, so
   * that a device's clock is compared with itself.
   */
  time?: string;
}
