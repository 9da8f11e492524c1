import {
  countDrop,
  isRefusal,
  refuse,
  type DropCounts,
  type EventKind,
  type Refusal,
} from '@cpemon/contracts';
import { identityFromSender, readOui, readSerialNumber, sourceOfRelayedProfile } from '@cpemon/domain';
import { readEndpointId } from './endpoint-id.js';
import { eventsOfReports } from './events-of-reports.js';
import { readJsonReports } from './json/read-json-reports.js';
import type { BulkSender } from './sender.js';

/** The type of a CloudEvent with bulk data in it. */
export const BULK_DATA_TYPE = 'cpemon.bulkdata.v1';

type Fields = Record<string, unknown>;

/** What a USP agent pushed: the reports, and the profile that they are of. */
interface Pushed {
  reports: unknown;
  profile?: string;
  /** The agent, where the notification names it. */
  endpointId?: string;
}

const NO_DEVICE = refuse(
  'missing_sn',
  '"subject" names the device: its serial number or its USP endpoint id.',
);
const INVALID_DEVICE = refuse('invalid_sn', 'A serial number is 1 to 64 printable ASCII characters.');
const NO_REPORT = refuse(
  'not_bulk_data',
  'The data is {"Report": […]}, or a "Push!" event with it in "Data".',
);
const LONGEST_PROFILE = 256;
/** "notify" in "event" and the like: a controller forwards more or less of the message. */
const WRAPPERS = ['body', 'request', 'notify', 'event'] as const;

/**
 * Reads bulk data that reached us as a CloudEvent: the reports of a profile, or the event
 * `Device.BulkData.Profile.{i}.Push!` (TR-369, 13.4.1; TR-181, `Push!`) as a controller forwards it, by the names of its
 * protobuf fields or their JSON form. Each report is an event, the same however often it comes.
 */
export const readPushedReports: EventKind = (data, envelope, request, drops) => {
  const pushed = pushedIn(data);
  if (pushed === undefined) return NO_REPORT;
  const sender = senderOf(envelope.subject ?? pushed.endpointId ?? textOf(data, 'sn'), pushed);
  if (isRefusal(sender)) return sender;
  const { reports } = pushed;
  const read = readJsonReports(typeof reports === 'string' ? reports : JSON.stringify(reports));
  if (isRefusal(read)) return read;
  if (read.reports.length === 0) return NO_REPORT;
  const dropped: DropCounts = read.drops;
  for (const _element of read.rejected) countDrop(dropped, 'wrong_type');
  let made = 0;
  const numbered = { ...request, randomId: () => identityFromSender(request.eventId, made++) };
  const events = [...eventsOfReports(read.reports, sender, numbered, dropped)];
  for (const [reason, count] of Object.entries(dropped)) {
    drops[reason as keyof DropCounts] = (drops[reason as keyof DropCounts] ?? 0) + count;
  }
  return events.map((event) => ({ ...event, source: sourceOfRelayedProfile(event.source) }));
};

function pushedIn(data: unknown): Pushed | undefined {
  if (!isObject(data)) return undefined;
  const endpointId = textOf(data, 'from_id') ?? textOf(data, 'fromId') ?? textOf(data, 'eid');
  let event = data;
  for (const name of WRAPPERS) {
    const inner = event[name];
    if (isObject(inner)) event = inner;
  }
  const path = textOf(event, 'obj_path') ?? textOf(event, 'objPath');
  const args = isObject(event['params']) ? event['params'] : event;
  const { sn: _named, ...plain } = event;
  const reports = args['Data'] ?? ('Report' in event ? plain : undefined);
  if (typeof reports !== 'string' && !isObject(reports)) return undefined;
  return {
    reports,
    ...(path === undefined ? {} : { profile: path.replace(/\.$/, '').slice(0, LONGEST_PROFILE) }),
    ...(endpointId === undefined ? {} : { endpointId }),
  };
}

function senderOf(named: string | undefined, { profile }: Pushed): BulkSender | Refusal {
  const endpoint = readEndpointId(named ?? '');
  if (endpoint === undefined) return NO_DEVICE;
  const serial = readSerialNumber(endpoint.serialNumber);
  if (serial.refused !== undefined) return INVALID_DEVICE;
  return {
    serialNumber: serial.serialNumber,
    oui: readOui(endpoint.oui),
    productClass: endpoint.productClass,
    ...(profile === undefined ? {} : { profile }),
  };
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(fields: unknown, name: string): string | undefined {
  const value = isObject(fields) ? fields[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
