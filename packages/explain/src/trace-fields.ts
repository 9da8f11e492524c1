import { isRefusal, isSecretName, type ReadBody, type Refusal } from '@cpemon/contracts';
import type { CpeEvent } from '@cpemon/domain';
import { MOST_FIELDS, type FieldTrace } from './explanation.js';

/** Reads a report that stands alone. */
export type ReadReport = (report: object) => Pick<ReadBody, 'events' | 'drops'> | Refusal;

const IDENTITY = new Set(['sn', 'oui', 'product_class']);

/** What each of the first fields of a report in our own words comes to: each is read by itself, beside the serial number. */
export function traceFields(report: Readonly<Record<string, unknown>>, read: ReadReport): FieldTrace[] {
  return Object.keys(report)
    .slice(0, MOST_FIELDS)
    .map((field) => {
      const raw = report[field];
      if (isSecretName(field)) return { field, becomes: 'nothing', reason: 'secret' };
      if (IDENTITY.has(field)) return { field, raw, becomes: 'identity' };
      const alone = read({ sn: report['sn'] ?? 'X', [field]: raw });
      if (isRefusal(alone)) return { field, raw, becomes: 'nothing', reason: alone.code };
      const [event] = alone.events;
      const [reason] = Object.keys(alone.drops);
      const made = event === undefined ? undefined : whatFieldMade(event, field);
      if (made !== undefined) return { field, raw, ...made };
      return { field, raw, becomes: 'nothing', ...(reason === undefined ? {} : { reason }) };
    });
}

function whatFieldMade(
  { time, data }: CpeEvent,
  field: string,
): Pick<FieldTrace, 'becomes' | 'name' | 'value'> | undefined {
  const [metric] = Object.entries(data.metrics ?? {});
  if (metric !== undefined) return { becomes: 'metric', name: metric[0], value: metric[1] };
  const [attribute] = Object.entries(data.attributes ?? {});
  if (attribute !== undefined) return { becomes: 'attribute', name: attribute[0], value: attribute[1] };
  if (data.interval_seconds !== undefined)
    return { becomes: 'interval', name: 'interval_seconds', value: data.interval_seconds };
  if (data.event_codes !== undefined) return { becomes: 'event', value: data.event_codes };
  if (data.occurrence !== undefined) return { becomes: 'event', value: data.occurrence };
  const { observation } = data;
  if (observation !== undefined && field in observation)
    return { becomes: 'observation', name: field, value: observation[field as keyof typeof observation] };
  const [extra] = Object.entries(data.extra ?? {});
  if (extra !== undefined) return { becomes: 'extra', name: extra[0], value: extra[1] };
  if (time !== undefined) return { becomes: 'time', value: time };
  return undefined;
}
