import { shownReachability, statusOf, type IntakeMoment } from '@cpemon/domain';
import type { DeviceSummary } from '@cpemon/store';
import { maskAddress } from './access/personal-data.js';
import { rfc3339 } from './rfc3339.js';

/** A device in the short form of `/api/cpe`. @param masked its address is shown in part */
export function deviceView(device: DeviceSummary, intake: IntakeMoment, masked = false) {
  const shown = shownReachability(device, device.source, intake);
  return {
    sn: device.serialNumber,
    last_seen: rfc3339(device.lastSeenAt),
    wan_ip: device.wanIp === null || !masked ? device.wanIp : maskAddress(device.wanIp),
    sw_version: device.swVersion,
    cpu_pct: perCent(device.cpuUsedRatio),
    mem_pct: perCent(device.memoryUsedRatio),
    interval_seconds: device.intervalSeconds,
    status: statusOf(shown.reachability, device.health),
    reachability: shown.reachability,
    reason: shown.reason,
    since: rfc3339(shown.since),
    health: device.health,
    health_reason: device.healthReason === '' ? null : device.healthReason,
    health_since: rfc3339(device.healthSince),
    updated_at: rfc3339(Math.max(device.lastSeenAt, shown.since)),
    oui: device.oui === '' ? null : device.oui,
    product_class: device.productClass === '' ? null : device.productClass,
    manufacturer: device.manufacturer,
    model: device.model,
    uptime_seconds: device.uptimeSeconds,
    temperature_celsius: device.temperatureCelsius,
    rx_power_dbm: device.rxPowerDbm,
    first_seen: rfc3339(device.firstSeenAt),
    chatty: device.chattySince !== null,
    chatty_since: rfc3339(device.chattySince),
  };
}

/** What tells devices with one serial number apart. */
export function candidateView({ serialNumber, oui, productClass, lastSeenAt }: DeviceSummary) {
  return { sn: serialNumber, oui, product_class: productClass, last_seen: rfc3339(lastSeenAt) };
}

/** A ratio as per cent, free of the noise of binary multiplication. */
const perCent = (ratio: number | null): number | null =>
  ratio === null ? null : Math.round(ratio * 1e9) / 1e7;
