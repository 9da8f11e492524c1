import { byId, element, setChildren, setText } from './element.mjs';
import { showStatus } from './device-table.mjs';
import { formatAgo, formatDuration, formatPercent, parseTime } from './format.mjs';

/** @typedef {(value: any, nowMs: number) => string | null} Words */

/** @param {any} value @returns {string | null} */
const asSent = (value) => (value === null || value === undefined || value === '' ? null : String(value));

/** @type {Words} */
function timeAndAge(value, nowMs) {
  const at = parseTime(value);
  return at === null ? asSent(value) : `${value} (${formatAgo(Math.max(0, (nowMs - at) / 1_000))})`;
}

/** @param {any} value @param {string} unit @returns {string | null} */
const withUnit = (value, unit) => (typeof value === 'number' ? `${value} ${unit}` : null);

/** In reading order; fields that a later version adds follow under the name they have on the wire. */
const FACTS = /** @type {{ field: string, label: string, words: Words }[]} */ ([
  { field: 'last_seen', label: 'Last seen', words: timeAndAge },
  { field: 'reachability', label: 'Reachability', words: asSent },
  { field: 'reason', label: 'Reason', words: asSent },
  { field: 'since', label: 'Since', words: timeAndAge },
  { field: 'interval_seconds', label: 'Reports every', words: (value) => formatDuration(value) },
  { field: 'wan_ip', label: 'WAN IP', words: asSent },
  { field: 'sw_version', label: 'Firmware', words: asSent },
  { field: 'manufacturer', label: 'Manufacturer', words: asSent },
  { field: 'model', label: 'Model', words: asSent },
  { field: 'oui', label: 'OUI', words: asSent },
  { field: 'product_class', label: 'Product class', words: asSent },
  { field: 'cpu_pct', label: 'CPU', words: (value) => formatPercent(value) },
  { field: 'mem_pct', label: 'Memory', words: (value) => formatPercent(value) },
  { field: 'uptime_seconds', label: 'Uptime', words: (value) => formatDuration(value) },
  { field: 'temperature_celsius', label: 'Temperature', words: (value) => withUnit(value, '°C') },
  { field: 'rx_power_dbm', label: 'Optical receive power', words: (value) => withUnit(value, 'dBm') },
  { field: 'first_seen', label: 'First seen', words: timeAndAge },
  { field: 'updated_at', label: 'Record changed', words: timeAndAge },
]);
const SHOWN_ELSEWHERE = ['sn', 'status', 'as_of'];

/** @returns {(device: any, nowMs: number) => void} shows an answer of GET /api/cpe/:sn */
export function createDeviceView() {
  const status = byId('device-status');
  const list = byId('device-facts');
  /** @type {Map<string, { item: HTMLElement, value: HTMLElement }>} */
  const shown = new Map();

  return (device, nowMs) => {
    showStatus(status, device, nowMs);
    const known = new Set([...SHOWN_ELSEWHERE, ...FACTS.map(({ field }) => field)]);
    const others = Object.keys(device)
      .filter((field) => !known.has(field))
      .map((field) => ({ field, label: field, words: wireWords }));
    const items = [...FACTS, ...others].flatMap(({ field, label, words }) => {
      const text = words(device[field], nowMs);
      if (text === null) return [];
      const fact = shown.get(field) ?? createFact(label);
      shown.set(field, fact);
      setText(fact.value, text);
      return [fact.item];
    });
    setChildren(list, items);
  };
}

/** @param {any} value @returns {string | null} */
const wireWords = (value) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value, null, 1) : asSent(value);

/** @param {string} label */
function createFact(label) {
  const value = element('dd');
  return { item: element('div', {}, element('dt', {}, label), value), value };
}
