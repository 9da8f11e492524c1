import { clockText } from '../device-clock.js';
import type { Fleet } from '../fleet.js';
import { eventCodes, INFORM_EVENTS } from '../inform-events.js';
import { signalsAt, type Signals } from '../signals.js';
import type { Report } from './report.js';

/** `{sn, ts, …}` for POST /cpe/heartbeat. The same report always gives the same bytes, so a retry is recognised. */
export const heartbeatBody = (fleet: Fleet, report: Report): string =>
  reportBody(fleet, report, 'ts', '', signalsOf(fleet, report));

/** An array of heartbeats, as a gateway sends them to POST /v1/telemetry. */
export const telemetryBody = (fleet: Fleet, reports: readonly Report[]): string =>
  `[${reports.map((report) => heartbeatBody(fleet, report)).join(',')}]`;

/** `{sn, event_ts, event_codes, …}`: an Inform with the values read in its session, as an ACS hands it on. */
export function webhookBody(fleet: Fleet, report: Report): string {
  const signals = signalsOf(fleet, report);
  const codes = eventCodes(eventsOf(fleet, report, signals.uptimeSeconds));
  return reportBody(fleet, report, 'event_ts', `"event_codes":${JSON.stringify(codes)},`, signals);
}

export const signalsOf = (fleet: Fleet, { device, dueMs }: Pick<Report, 'device' | 'dueMs'>): Signals =>
  signalsAt(fleet.seed, device, fleet.modelOf(device), dueMs, {
    bootMs: fleet.bootMs[device]!,
    opticalLossDb: fleet.opticalLossDb[device]!,
  });

/** What the report tells of; the first one after a boot of which nobody told tells of that. */
export function eventsOf(
  fleet: Fleet,
  { device, events, dueMs }: Pick<Report, 'device' | 'events' | 'dueMs'>,
  uptimeSeconds: number,
): number {
  if (events !== 0) return events;
  // A boot by a scenario has its event, which its first report has told of.
  const wasTold = dueMs - fleet.bootMs[device]! < (uptimeSeconds + 1) * 1000;
  return uptimeSeconds * 1000 < fleet.intervalMs[device]! && !wasTold
    ? INFORM_EVENTS.boot.bit
    : INFORM_EVENTS.periodic.bit;
}

// Put together by hand: this is the hot path of the load generator, and every text in it is plain ASCII of our own.
function reportBody(
  fleet: Fleet,
  { device, dueMs }: Report,
  timeName: string,
  more: string,
  signals: Signals,
): string {
  const model = fleet.modelOf(device);
  return (
    `{"sn":"${fleet.serialNumberOf(device)}","${timeName}":"${clockText(fleet, device, dueMs, signals.uptimeSeconds)}",${more}` +
    `"interval_seconds":${fleet.intervalMs[device]! / 1000},` +
    (fleet.internetDown[device] === 1 ? '' : `"wan_ip":"${fleet.wanAddressOf(device)}",`) +
    `"sw_version":"${fleet.softwareVersionOf(device)}","hw_version":"${model.hardwareVersion}",` +
    `"manufacturer":"${model.manufacturer}","model":"${model.model}",` +
    `"cpu_pct":${rounded(signals.cpuPercent, 10)},"mem_pct":${rounded(signals.memoryPercent, 10)},` +
    `"uptime_seconds":${signals.uptimeSeconds},` +
    optional('temperature_celsius', signals.temperatureCelsius, 10) +
    optional('rx_power_dbm', signals.rxPowerDbm, 100) +
    optional('tx_power_dbm', signals.txPowerDbm, 100) +
    `"wifi_clients":${signals.wifiClients},"wan_rx_bytes":${signals.wanRxBytes},"wan_tx_bytes":${signals.wanTxBytes}}`
  );
}

const optional = (name: string, value: number | undefined, steps: number): string =>
  value === undefined ? '' : `"${name}":${rounded(value, steps)},`;

const rounded = (value: number, steps: number): number => Math.round(value * steps) / steps;
