import { countDrop, type DropCounts, type DropReason, type RequestContext } from '@cpemon/contracts';
import { modelsInForce, readParameters, redactParameters } from '@cpemon/device-models';
import {
  identityFromContent,
  sourceOfPath,
  sourceOfProfile,
  type CpeEvent,
  type ParameterValues,
  type ReportData,
} from '@cpemon/domain';
import type { BulkReport } from './bulk-report.js';
import { keyOfName, keyOfParameters, namesOf } from './profile-key.js';
import { readReportTimes, type ReportTime } from './report-times.js';
import { readInterval, type BulkSender } from './sender.js';

/**
 * `cpemon.bulkdata.v1` of each report of a body, in its order. Made one at a time, as the caller asks for them: a body may
 * hold a day of reports.
 * @param drops counted up by what is left out of each
 */
export function* eventsOfReports(
  reports: readonly BulkReport[],
  sender: BulkSender,
  request: RequestContext,
  drops: DropCounts,
): Generator<CpeEvent> {
  const newest = reports.at(-1)?.parameters ?? {};
  const intervalSeconds = sender.intervalSeconds ?? readProfileInterval(newest);
  const times = readReportTimes(reports, request.nowMs, intervalSeconds);
  const context = { sender, request, intervalSeconds, drops };
  for (let index = 0; index < reports.length; index += 1) {
    yield eventOfReport(reports[index]!, times[index]!, context);
  }
}

function eventOfReport(
  { parameters }: BulkReport,
  time: ReportTime,
  {
    sender,
    request,
    intervalSeconds,
    drops,
  }: { sender: BulkSender; request: RequestContext; intervalSeconds: number | undefined; drops: DropCounts },
): CpeEvent {
  const { serialNumber, oui, productClass, profile } = sender;
  const key = profile === undefined ? keyOfParameters(parameters) : keyOfName(profile);
  const data = dataOf(parameters, sender, drops);
  if (profile !== undefined) data.profile = profile;
  if (intervalSeconds !== undefined) data.interval_seconds = intervalSeconds;
  if (time.behindMs !== undefined) data.behind_ms = time.behindMs;
  if (time.behindReports !== undefined) data.behind_reports = time.behindReports;
  if (time.rawTime !== undefined) data.raw_time = time.rawTime;
  if (time.dropped !== undefined) countDrop(drops, time.dropped);
  const event: CpeEvent = {
    id: identityOfReport(parameters, time, sender) ?? request.randomId(),
    source: sourceOfProfile(key),
    type: 'cpemon.bulkdata.v1',
    subject: serialNumber,
    correlationid: request.correlationId,
    data,
  };
  if (time.time !== undefined) event.time = time.time;
  if (oui !== '') event.oui = oui;
  if (productClass !== '') event.productclass = productClass;
  if (request.traceparent !== undefined) event.traceparent = request.traceparent;
  return event;
}

/**
 * A report is the same as another when it is of the same device and profile and was made at the same time, by name of the
 * profile or else its set of parameters: a retained report comes again in a later body. What a clock that was never set says
 * may come again after a restart, so its report must also say the same.
 * @returns undefined when nothing tells it from another: each arrival is a report of its own
 */
function identityOfReport(
  parameters: ParameterValues,
  { time, rawTime, isComparable }: ReportTime,
  { serialNumber, oui, productClass, profile }: BulkSender,
): string | undefined {
  const said = time ?? rawTime;
  if (said === undefined || !isComparable) return undefined;
  const profileIs = profile === undefined ? ['names', namesOf(parameters)] : ['name', profile];
  const content = [oui, productClass, ...profileIs, ...(time === undefined ? openValuesOf(parameters) : [])];
  return identityFromContent(sourceOfPath('bulkdata'), serialNumber, said, JSON.stringify(content));
}

/** Names and values, but for secrets: a hash of one can be guessed from the outside. */
function openValuesOf(parameters: ParameterValues): string[] {
  const { models } = modelsInForce();
  return Object.keys(parameters)
    .sort()
    .map((name) => `${name}=${models.meaningOf(name).secret ? '' : parameters[name]!.value}`);
}

/** What parameters say, and the parameters themselves without secrets. */
function dataOf(
  parameters: ParameterValues,
  { oui, productClass }: BulkSender,
  drops: DropCounts,
): ReportData {
  const manufacturer = manufacturerOf(parameters);
  const readings = readParameters(parameters, { oui, productClass, manufacturer });
  const redacted = redactParameters(parameters);
  const data: ReportData = {};
  // readings.intervalSeconds is that of the periodic Inform, which is another rhythm.
  if (!isEmpty(readings.attributes)) data.attributes = readings.attributes;
  if (!isEmpty(readings.metrics)) data.metrics = readings.metrics;
  if (!isEmpty(redacted.parameters)) data.parameters = redacted.parameters;
  if (redacted.leftOut > 0) data.parameters_left_out = redacted.leftOut;
  for (const dropped of [readings.dropped, redacted.dropped] as DropCounts[]) {
    for (const reason of Object.keys(dropped) as DropReason[]) {
      drops[reason] = (drops[reason] ?? 0) + (dropped[reason] ?? 0);
    }
  }
  return data;
}

const manufacturerOf = (parameters: ParameterValues): string =>
  (
    parameters['Device.DeviceInfo.Manufacturer'] ??
    parameters['InternetGatewayDevice.DeviceInfo.Manufacturer']
  )?.value ?? '';

const PROFILE_INTERVAL = /\.BulkData\.Profile\.\d+\.ReportingInterval$/;

/** ReportingInterval of a profile that reports it; of several nobody knows which is its own. */
function readProfileInterval(parameters: ParameterValues): number | undefined {
  let found: string | undefined;
  for (const name in parameters) {
    if (!name.endsWith('.ReportingInterval') || !PROFILE_INTERVAL.test(name)) continue;
    if (found !== undefined) return undefined;
    found = parameters[name]!.value;
  }
  return readInterval(found);
}

function isEmpty(record: object): boolean {
  for (const _name in record) return false;
  return true;
}
