import { EARLIEST_BELIEVABLE_MS } from './device-time.js';
import type { AttributeName, ReportData } from './event.js';

/** Values of an event that were read at one time before it. */
export interface OlderReading {
  /** Epoch ms. */
  at: number;
  values: Required<Pick<ReportData, 'attributes' | 'metrics'>>;
}

/**
 * The values that a relay read before the time of its event, newest first; null when there are none, which is the case
 * of nearly all events. A time that cannot be read, or is later, counts as that of the event.
 * @param deviceTime of the event, where it can be believed
 */
export function olderReadings(
  data: ReportData,
  deviceTime: number | null,
  receivedAt: number,
): OlderReading[] | null {
  if (data.read_at === undefined) return null;
  const eventAt = Math.min(deviceTime ?? receivedAt, receivedAt);
  const byTime = new Map<number, OlderReading>();
  for (const name of Object.keys(data.read_at)) {
    const at = Date.parse(data.read_at[name]!);
    if (!(at < eventAt) || at < EARLIEST_BELIEVABLE_MS) continue;
    let reading = byTime.get(at);
    if (reading === undefined) byTime.set(at, (reading = { at, values: { attributes: {}, metrics: {} } }));
    const attribute = data.attributes?.[name as AttributeName];
    if (attribute !== undefined) reading.values.attributes[name as AttributeName] = attribute;
    if (data.metrics !== undefined && Object.hasOwn(data.metrics, name)) {
      reading.values.metrics[name] = data.metrics[name]!;
    }
  }
  return byTime.size === 0 ? null : [...byTime.values()].sort((one, other) => other.at - one.at);
}

/** What is left of an event without them. */
export function withoutOlder(data: ReportData, older: readonly OlderReading[]): ReportData {
  const attributes = { ...data.attributes };
  const metrics = { ...data.metrics };
  for (const { values } of older) {
    for (const name in values.attributes) delete attributes[name as AttributeName];
    for (const name in values.metrics) delete metrics[name];
  }
  return { ...data, attributes, metrics };
}
