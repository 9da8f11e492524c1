import { meaningOf } from './field-names.js';
import { isObject } from './read-parameter-shapes.js';

/** Names under which systems wrap several events in one body. */
const LISTS = ['events', 'notifications', 'devices', 'items', 'messages', 'data', 'reports'];

/**
 * The events of a body that wraps them: `{"topic": "device-events", "events": [{…}, …]}` (Juniper Mist and others).
 * What is told beside the list is told of each. Undefined for a body that is one event.
 */
export function unwrapEvents(body: unknown): Record<string, unknown>[] | undefined {
  // The plain flat form first: it is what comes most.
  if (!isObject(body) || body['sn'] !== undefined || namesDevice(body)) return undefined;
  for (const name of LISTS) {
    const list = body[name];
    if (!Array.isArray(list) || list.length === 0 || !list.every(isObject)) continue;
    const common = Object.entries(body).filter(([each, value]) => each !== name && typeof value !== 'object');
    return (list as Record<string, unknown>[]).map((event) => ({ ...Object.fromEntries(common), ...event }));
  }
  return undefined;
}

function namesDevice(body: Record<string, unknown>): boolean {
  return Object.keys(body).some((name) => {
    const meaning = meaningOf(name);
    return (
      meaning?.to === 'device id' ||
      meaning?.to === 'mac' ||
      (meaning?.to === 'field' && meaning.name === 'sn')
    );
  });
}
