import type { Connection } from '@cpemon/database';
import type { CpeEvent } from '@cpemon/domain';
import { readEventAt } from '@cpemon/event-log';
import { readIntakeMoment, readWholeDevice, type WholeDevice } from '@cpemon/store';
import { maskData } from '../access/personal-data.js';
import { rfc3339 } from '../rfc3339.js';
import { unknownDevice } from '../routes/request-problem.js';

/** Sources whose newest report is read; a device has two or three. */
const MOST_SOURCES = 8;

interface RawReport {
  source: string;
  receivedAt: number;
  event: CpeEvent;
}

/**
 * The newest report of each source of a device as it lies in the log: parameters as they were sent, secrets replaced.
 * What retention has dropped is not there.
 */
export async function readRawReports(connection: Connection, deviceId: number, masked: boolean) {
  const device = await readWholeDevice(connection, deviceId);
  if (device === null) throw unknownDevice();
  const reports: RawReport[] = [];
  let gone = 0;
  for (const each of device.sources.slice(0, MOST_SOURCES)) {
    const found = await newestReport(connection, device, each);
    if (found === null) gone += 1;
    else reports.push(found);
  }
  const { at } = await readIntakeMoment(connection);
  return {
    items: reports.flatMap((report) => valuesOf(report, masked)),
    reports: reports.map((report) => reportView(report, masked)),
    kept: gone === 0 && reports.length > 0,
    reason: reasonOf(reports.length, gone),
    as_of: rfc3339(at),
  };
}

const reasonOf = (found: number, gone: number): string | null => {
  if (gone > 0) return 'The log does not keep the newest report of every source any more.';
  return found === 0 ? 'No source of this device has sent a report with values.' : null;
};

async function newestReport(
  connection: Connection,
  { serialNumber, generation, lane }: WholeDevice,
  { source, reports }: WholeDevice['sources'][number],
): Promise<RawReport | null> {
  const newest = reports.reduce<(typeof reports)[number] | null>(
    (best, report) => (best === null || report.sequence > best.sequence ? report : best),
    null,
  );
  if (newest === null) return null;
  // A late report has no more than its own time; it was received later.
  const found = await readEventAt(connection, { generation, lane, sequence: newest.sequence }, newest.rankAt);
  // Positions of another generation are other events.
  if (found === null || found.event.subject !== serialNumber) return null;
  return { source, receivedAt: found.receivedAt, event: found.event };
}

/** Parameters, and other fields as they were sent, each with its source and time. */
function valuesOf({ source, receivedAt, event }: RawReport, masked: boolean) {
  const { parameters = {}, extra = {} } = event.data;
  const received = rfc3339(receivedAt);
  return [
    ...Object.entries(parameters).map(([path, { value, type, at }]) => ({
      ...{ path, value: masked ? maskedText(value) : value, type: type ?? null },
      ...{ received_at: at ?? received, source },
    })),
    ...Object.entries(extra).map(([path, value]) => ({
      ...{ path, value: masked ? maskedText(String(value)) : String(value), type: typeof value },
      ...{ received_at: received, source },
    })),
  ];
}

function reportView({ source, receivedAt, event }: RawReport, masked: boolean) {
  const { parameters: _parameters, extra: _extra, ...data } = event.data;
  return {
    ...{ source, received_at: rfc3339(receivedAt), device_time: event.time ?? null, type: event.type },
    event_codes: event.data.event_codes ?? [],
    data: masked ? maskData(data) : data,
  };
}

/** What a parameter says may be anybody's name or address: of texts nothing is shown. */
const maskedText = (value: string): string =>
  /^(-?\d{1,12}(\.\d{1,9})?|true|false)$/.test(value) ? value : '***';
