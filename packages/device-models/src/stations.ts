import { countInstances } from './parameter-path.js';

/** Customers' own devices: computers on the LAN, phones on the Wi-Fi. We count them and do not name them. */
export interface Station {
  kind: 'wifi' | 'host' | 'other';
  /** Which one, among those of its kind in one message. */
  key: string;
  /** The parameter of it: "signalstrength". */
  leaf: string;
}

/**
 * Objects with one instance a station, in TR-098 and TR-181, vendors' variants included; then leases, devices managed
 * through the CPE, neighbours' networks.
 */
const STATION =
  /(?:^|\.)(?:[^.]*_)?(?:(?<wifi>associateddevice|sta|stations?)|(?<host>host|hostinfo)|client|(?:dhcp)?staticaddress|manageabledevice|neighbo[^.]*|ssidlist)\.\{i\}\./;

/** @param pattern as readParameterPath gives it */
export function stationOf(pattern: string, instances: readonly number[]): Station | undefined {
  const found = STATION.exec(pattern);
  if (found === null) return undefined;
  const end = found.index + found[0].length;
  const object = pattern.slice(0, end);
  const numbers = instances.slice(0, countInstances(object));
  return {
    kind:
      found.groups?.['wifi'] !== undefined ? 'wifi' : found.groups?.['host'] !== undefined ? 'host' : 'other',
    key: `${object}${numbers.join('.')}`,
    leaf: pattern.slice(end),
  };
}

/** What is kept of the stations of one message. */
export interface StationCounts {
  add(station: Station, value: string): void;
  /** Puts the counts among the metrics; one that the device itself has counted stays. */
  put(metrics: Record<string, number>): void;
}

/** Wi-Fi receives nothing below; 0 is how devices say that they have not measured. */
const WEAKEST_SIGNAL_DBM = -120;

export function createStationCounts(): StationCounts {
  const seen = { wifi: new Set<string>(), host: new Set<string>(), other: new Set<string>() };
  const inactive = new Set<string>();
  const signals: number[] = [];
  return {
    add({ kind, key, leaf }, value) {
      seen[kind].add(key);
      if (leaf === 'active' && /^\s*(?:0|false)\s*$/i.test(value)) inactive.add(key);
      if (kind !== 'wifi' || leaf !== 'signalstrength') return;
      const signal = /^\s*-?\d{1,3}\s*$/.test(value) ? Number(value) : 0;
      if (signal < 0 && signal >= WEAKEST_SIGNAL_DBM) signals.push(signal);
    },
    put(metrics) {
      const live = (keys: Set<string>): number => [...keys].filter((key) => !inactive.has(key)).length;
      if (seen.wifi.size > 0) metrics['wifi_clients'] ??= live(seen.wifi);
      if (seen.host.size > 0) metrics['hosts'] ??= live(seen.host);
      if (signals.length === 0) return;
      signals.sort((a, b) => a - b);
      metrics['wifi_signal_worst_dbm'] = signals[0]!;
      metrics['wifi_signal_median_dbm'] = signals[signals.length >> 1]!;
    },
  };
}
