import type { Fleet } from './fleet.js';
import { signalsAt } from './signals.js';

/** One report of one device: which, and the moment at which the device wanted to report (epoch milliseconds). */
export interface Report {
  device: number;
  dueMs: number;
}

/** `{sn, ts, …}` for POST /cpe/heartbeat. The same report always gives the same bytes, so a retry is recognised. */
export const heartbeatBody = (fleet: Fleet, report: Report): string => reportBody(fleet, report, 'ts', '');

/** An array of heartbeats, as a gateway sends them to POST /v1/telemetry. */
export const telemetryBody = (fleet: Fleet, reports: readonly Report[]): string =>
  `[${reports.map((report) => heartbeatBody(fleet, report)).join(',')}]`;

/** `{sn, event_ts, event_codes, …}`: an Inform with the values read in its session, as an ACS hands it on. */
export function webhookBody(fleet: Fleet, report: Report): string {
  const { uptimeSeconds } = signalsAt(fleet.seed, report.device, fleet.modelOf(report.device), report.dueMs);
  const booted = uptimeSeconds * 1000 < (fleet.intervalMs[report.device] as number);
  const codes = booted ? '["1 BOOT"]' : '["2 PERIODIC"]';
  return reportBody(fleet, report, 'event_ts', `"event_codes":${codes},`);
}

// Put together by hand: this is the hot path of the load generator, and every text in it is plain ASCII of our own.
function reportBody(fleet: Fleet, { device, dueMs }: Report, timeName: string, more: string): string {
  const model = fleet.modelOf(device);
  const signals = signalsAt(fleet.seed, device, model, dueMs);
  return (
    `{"sn":"${fleet.serialNumberOf(device)}","${timeName}":"${new Date(dueMs).toISOString()}",${more}` +
    `"interval_seconds":${(fleet.intervalMs[device] as number) / 1000},"wan_ip":"${fleet.wanAddressOf(device)}",` +
    `"sw_version":"${fleet.swVersionOf(device)}","hw_version":"${model.hwVersion}",` +
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
