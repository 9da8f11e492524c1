import { DEEPEST_OBJECT, LARGEST_MESSAGE_BYTES, MOST_PARAMETERS } from './limits.js';
import { readDeviceId, type DeviceName } from './device-identity.js';
import type { NbiDocument } from './nbi-client.js';

/** What the webhook is told of a device: values that the ACS read, each with its time. */
export interface DeviceMessage extends DeviceName {
  manufacturer?: string;
  /** RFC 3339: when the device last informed the ACS. */
  event_ts?: string;
  event_type: 'values';
  tags?: string;
  parameters: Record<string, SentValue>;
}

interface SentValue {
  value: string;
  type?: string;
  at?: string;
}

/** The names of what must not leave the ACS, wherever a list of parameters asks for it. */
const SECRET = /passw|passphrase|presharedkey|secret|privatekey|wepkey|credential|username/i;

/**
 * Translates a device document.
 * @returns undefined for one that names no device
 */
export function deviceMessage(document: NbiDocument): DeviceMessage | undefined {
  const name = nameOf(document);
  if (name === undefined) return undefined;
  const message: DeviceMessage = { ...name, event_type: 'values', parameters: {} };
  const manufacturer = textOf(objectOf(document['_deviceId'])['_Manufacturer']);
  if (manufacturer !== undefined) message.manufacturer = manufacturer;
  const lastInform = textOf(document['_lastInform']);
  if (lastInform !== undefined) message.event_ts = lastInform;
  const tags = document['_tags'];
  if (Array.isArray(tags) && tags.length > 0) message.tags = tags.map(String).join(',');
  addParameters(document, message.parameters);
  return message;
}

function nameOf(document: NbiDocument): DeviceName | undefined {
  const given = objectOf(document['_deviceId']);
  const sn = textOf(given['_SerialNumber']);
  if (sn === undefined) return readDeviceId(document._id);
  const oui = textOf(given['_OUI']);
  const productClass = textOf(given['_ProductClass']);
  return {
    sn,
    ...(oui === undefined ? {} : { oui }),
    ...(productClass === undefined ? {} : { product_class: productClass }),
  };
}

/** Leaves are objects with `_value`; what begins with "_" is GenieACS' own. Stops at the bounds of a message. */
function addParameters(document: NbiDocument, parameters: Record<string, SentValue>): void {
  let left = MOST_PARAMETERS;
  let bytesLeft = LARGEST_MESSAGE_BYTES / 2;
  const walk = (node: unknown, path: string, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > DEEPEST_OBJECT) return;
    const leaf = node as Record<string, unknown>;
    const value = scalarText(leaf['_value']);
    if (value !== undefined) {
      bytesLeft -= path.length + Buffer.byteLength(value) + 80;
      if (left === 0 || bytesLeft < 0 || SECRET.test(path.slice(path.lastIndexOf('.') + 1))) return;
      left -= 1;
      const type = textOf(leaf['_type'])?.replace(/^xsd:/, '');
      const at = textOf(leaf['_timestamp']);
      parameters[path] = {
        value,
        ...(type === undefined ? {} : { type }),
        ...(at === undefined ? {} : { at }),
      };
      return;
    }
    for (const name of Object.keys(leaf)) {
      if (!name.startsWith('_')) walk(leaf[name], path === '' ? name : `${path}.${name}`, depth + 1);
    }
  };
  walk(document, '', 0);
}

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
