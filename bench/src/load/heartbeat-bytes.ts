/** The heartbeat of all benchmarks, 388 bytes. Four values change from event to event, none of them its length. */
export const CANONICAL_HEARTBEAT =
  '{"sn":"SIM-00000001","ts":"2026-11-21T11:32:00.000Z","interval_seconds":60,"wan_ip":"100.64.12.34",' +
  '"sw_version":"V5R020C10S115","hw_version":"168D.A","manufacturer":"Huawei","model":"EG8145V5",' +
  '"cpu_pct":12.5,"mem_pct":48.2,"uptime_seconds":123456,"temperature_celsius":48.5,"rx_power_dbm":-19.42,' +
  '"tx_power_dbm":2.21,"wifi_clients":7,"wan_rx_bytes":123456789012,"wan_tx_bytes":12345678901}';

export const HEARTBEAT_BYTES = Buffer.byteLength(CANONICAL_HEARTBEAT);

const valueAt = (name: string): number => CANONICAL_HEARTBEAT.indexOf(`"${name}":`) + name.length + 3;
const DEVICE_DIGITS_AT = CANONICAL_HEARTBEAT.indexOf('SIM-') + 4;
const TIME_AT = valueAt('ts') + 1;
const CPU_AT = valueAt('cpu_pct');
const UPTIME_AT = valueAt('uptime_seconds');
const ZERO = 0x30;

/** CPU load of event n in tenths of a percent: 10.0 to 99.9. */
export const cpuTenthsOf = (n: number): number => 100 + (n % 900);

/** A device's uptime at a time, in seconds: six digits that grow with the clock, so that nothing looks like a boot. */
export const uptimeSecondsAt = (timeMs: number): number => 100_000 + (Math.floor(timeMs / 1000) % 900_000);

/**
 * Writes the digits that make the heartbeat at `offset` event n of a device, over those of another.
 * @param time the text of `timeMs`, RFC 3339 with milliseconds: 24 characters
 */
export function writeHeartbeat(
  target: Buffer,
  offset: number,
  event: { device: number; n: number; time: string; timeMs: number },
): void {
  writeDigits(target, offset + DEVICE_DIGITS_AT, 8, event.device);
  target.write(event.time, offset + TIME_AT, 24, 'latin1');
  const cpuTenths = cpuTenthsOf(event.n);
  writeDigits(target, offset + CPU_AT, 2, Math.floor(cpuTenths / 10));
  target[offset + CPU_AT + 3] = ZERO + (cpuTenths % 10);
  writeDigits(target, offset + UPTIME_AT, 6, uptimeSecondsAt(event.timeMs));
}

/** The same heartbeat as text, for checks and for loads that do not go over HTTP. */
export function heartbeatText(event: { device: number; n: number; timeMs: number }): string {
  const bytes = Buffer.from(CANONICAL_HEARTBEAT);
  writeHeartbeat(bytes, 0, { ...event, time: new Date(event.timeMs).toISOString() });
  return bytes.toString();
}

function writeDigits(target: Buffer, at: number, width: number, value: number): void {
  for (let place = at + width - 1; place >= at; place--) {
    target[place] = ZERO + (value % 10);
    value = Math.floor(value / 10);
  }
}
