import type { Shape } from './explanation.js';

/** What a message is taken for, and why. */
export interface Recognised {
  shape: Shape;
  because: string;
}

const WEBHOOK_FIELDS = ['event', 'event_ts', 'event_codes'];

/**
 * @param text the message, in whatever charset it could be read
 * @param contentType as sent, where it is known
 */
export function recogniseShape(text: string, contentType = ''): Recognised {
  if (/xml/i.test(contentType)) return { shape: 'cwmp', because: 'it is sent as XML' };
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('<')) return { shape: 'cwmp', because: 'it begins as XML does' };
  if (!/^[[{]/.test(start)) return { shape: 'bulkdata-csv', because: 'it is neither XML nor JSON' };
  const element = firstElement(start);
  if (element === undefined) return { shape: 'heartbeat', because: 'it begins as JSON does' };
  if ('specversion' in element) return { shape: 'cloudevents', because: 'it has a "specversion"' };
  if ('Report' in element) return { shape: 'bulkdata-json', because: 'it has a "Report"' };
  const word = WEBHOOK_FIELDS.find((name) => name in element);
  if (word !== undefined) return { shape: 'webhook', because: `it has "${word}", which an ACS says` };
  if (!('sn' in element)) return { shape: 'webhook', because: 'it has no "sn": it is of another system' };
  if (Object.values(element).some((value) => typeof value === 'object' && value !== null))
    return { shape: 'webhook', because: 'objects lie inside each other' };
  return { shape: 'heartbeat', because: 'it has an "sn" and plain values' };
}

/** The object, or the first of a list or of lines. */
function firstElement(text: string): Record<string, unknown> | undefined {
  for (const candidate of [text, text.split('\n', 1)[0] ?? '']) {
    try {
      const parsed = JSON.parse(candidate) as unknown;
      const element: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
      if (typeof element === 'object' && element !== null) return element as Record<string, unknown>;
    } catch {
      continue;
    }
  }
  return undefined;
}
