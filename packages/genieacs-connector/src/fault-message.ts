import { readDeviceId, type DeviceName } from './device-identity.js';
import type { NbiDocument } from './nbi-client.js';

/** TR-069 allows 256 characters; GenieACS' own are sentences too. */
const LONGEST_TEXT = 256;

/** What the webhook is told of a fault of the ACS' work on a device. */
export interface FaultMessage extends DeviceName {
  event_ts?: string;
  event_type: 'fault';
  /** "9005" of CWMP, else GenieACS' own word: "session_terminated". */
  fault_code: string;
  fault_text: string;
  /** The channel of presets in which it happened, or `task_…`. */
  channel?: string;
  retries?: number;
}

/** @returns undefined for one that names no device */
export function faultMessage(document: NbiDocument): FaultMessage | undefined {
  const { device, timestamp, code, message, channel, retries } = document;
  // The id of a fault is that of the device, a colon, and the channel.
  const id = typeof device === 'string' ? device : document._id.slice(0, document._id.indexOf(':'));
  const name = readDeviceId(id);
  if (name === undefined) return undefined;
  return {
    ...name,
    event_type: 'fault',
    fault_code: wordOf(code),
    fault_text: typeof message === 'string' ? message.slice(0, LONGEST_TEXT) : '',
    ...(typeof timestamp === 'string' ? { event_ts: timestamp } : {}),
    ...(typeof channel === 'string' ? { channel } : {}),
    ...(typeof retries === 'number' ? { retries } : {}),
  };
}

/** "cwmp.9005" is the CPE's fault 9005; every other code is GenieACS' own. */
function wordOf(code: unknown): string {
  const text = typeof code === 'string' ? code : typeof code === 'number' ? String(code) : '';
  return /^cwmp\.\d{4}$/.test(text) ? text.slice('cwmp.'.length) : text;
}
