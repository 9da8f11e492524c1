import type { DeviceRecord, SourceRecord } from './device-record.js';
import type { AttributeName, CpeEvent, ReportData } from './event.js';
import { outranks } from './report-values.js';
import { timelineIdentity, type TimelineEntry } from './timeline.js';

/** Values whose change is told, and as what. */
const TOLD = [
  { name: 'sw_version', kind: 'firmware' },
  { name: 'wan_ip', kind: 'address' },
] as const;

/** Values before an event, in the order of TOLD; null where the event changes nothing that would be told. */
export type ValuesBefore = readonly (string | null)[];

const NOTHING: ValuesBefore = [null, null];

/**
 * What the event's source said last and what is in force, where the event differs from both: two sources that disagree
 * (a NAT address and a public one) change nothing each time one of them speaks. To be called before it is applied.
 */
export function valuesBefore(
  record: DeviceRecord,
  source: SourceRecord,
  { attributes }: ReportData,
): ValuesBefore {
  if (attributes === undefined) return NOTHING;
  const firmware = before(record, source, 'sw_version', attributes.sw_version);
  const address = before(record, source, 'wan_ip', attributes.wan_ip);
  return firmware === null && address === null ? NOTHING : [firmware, address];
}

function before(
  record: DeviceRecord,
  source: SourceRecord,
  name: AttributeName,
  given: string | undefined,
): string | null {
  if (given === undefined || given === '') return null;
  const own = ownValue(source, name);
  if (own === null || own === given) return null;
  const inForce = valueInForce(record, name);
  return inForce === given ? null : inForce;
}

/** Adds the changes that an event which was applied has made. */
export function tellChanges(
  record: DeviceRecord,
  source: SourceRecord,
  { event, receivedAt }: { event: CpeEvent; receivedAt: number },
  deviceTime: number | null,
  known: ValuesBefore,
  timeline: TimelineEntry[],
): void {
  if (known === NOTHING) return;
  for (const [index, { name, kind }] of TOLD.entries()) {
    const from = known[index] ?? null;
    const to = ownValue(source, name);
    // What was cut to its column's length, or read before the stored value, may be what was known.
    if (from === null || to === null || from === to) continue;
    if (to !== event.data.attributes?.[name]?.slice(0, to.length)) continue;
    const identity = timelineIdentity(event.source, event.id);
    timeline.push({ record, at: deviceTime ?? receivedAt, kind, identity, data: { from, to } });
  }
}

function ownValue({ reports }: SourceRecord, name: AttributeName): string | null {
  for (const { attributes } of reports) {
    const value = attributes[name];
    if (value !== undefined) return value;
  }
  return null;
}

function valueInForce({ sources }: DeviceRecord, name: AttributeName): string | null {
  let best = null;
  for (const { reports } of sources) {
    for (const report of reports) {
      if (report.attributes[name] === undefined) continue;
      if (best === null || outranks(report, best)) best = report;
      break;
    }
  }
  return best?.attributes[name] ?? null;
}
