import { element, setAttribute, setChildren, setText, setValue } from './element.mjs';
import { formatAgo, formatDuration, formatPercent, parseTime } from './format.mjs';
import { statusMark } from './status-mark.mjs';

const CELLS = [
  { name: 'sn', label: 'Serial number' },
  { name: 'status', label: 'Status' },
  { name: 'seen', label: 'Last seen' },
  { name: 'wan', label: 'WAN IP' },
  { name: 'firmware', label: 'Firmware' },
  { name: 'cpu', label: 'CPU' },
  { name: 'memory', label: 'Memory' },
];

/** @param {HTMLElement} body @returns {(devices: any[], nowMs: number) => void} */
export function createDeviceTable(body) {
  /** @type {Map<string, ReturnType<typeof createRow>>} */
  let rows = new Map();

  return (devices, nowMs) => {
    const next = new Map();
    for (const device of devices) {
      const row = rows.get(device.sn) ?? createRow(device.sn);
      row.show(device, nowMs);
      next.set(device.sn, row);
    }
    rows = next;
    setChildren(
      body,
      [...rows.values()].map(({ item }) => item),
    );
  };
}

/** The page of one device. @param {string} serialNumber */
export const deviceLink = (serialNumber) => `admin?sn=${encodeURIComponent(serialNumber)}`;

/** @param {string} serialNumber */
function createRow(serialNumber) {
  const cells = Object.fromEntries(
    CELLS.map(({ name, label }) => {
      const cell = element('td', { role: 'cell', class: `cell-${name}`, 'data-label': label });
      return [name, cell];
    }),
  );
  const cell = (/** @type {string} */ name) => /** @type {HTMLElement} */ (cells[name]);
  cell('sn').append(element('a', { href: deviceLink(serialNumber) }, serialNumber));

  return {
    item: element('tr', { role: 'row' }, ...Object.values(cells)),
    /** @param {any} device @param {number} nowMs */
    show(device, nowMs) {
      showStatus(cell('status'), device, nowMs);
      showTime(cell('seen'), device.last_seen, nowMs);
      setValue(cell('wan'), device.wan_ip ?? null);
      setValue(cell('firmware'), device.sw_version ?? null);
      setValue(cell('cpu'), formatPercent(device.cpu_pct));
      setValue(cell('memory'), formatPercent(device.mem_pct));
    },
  };
}

/** "online for 3 h", with the reason as its title. @param {HTMLElement} target @param {any} device @param {number} nowMs */
export function showStatus(target, device, nowMs) {
  const status = typeof device.status === 'string' ? device.status : 'unknown';
  if (target.dataset.status !== status) {
    target.dataset.status = status;
    target.replaceChildren(statusMark(status), element('span', { class: 'since' }));
  }
  const since = parseTime(device.since);
  const words = since === null ? '' : ` for ${formatDuration((nowMs - since) / 1_000)}`;
  setText(/** @type {Element} */ (target.lastElementChild), words);
  setAttribute(
    target,
    'title',
    [device.reason, device.since && `since ${device.since}`].filter(Boolean).join(', '),
  );
}

/** @param {HTMLElement} target @param {unknown} time RFC 3339 @param {number} nowMs */
export function showTime(target, time, nowMs) {
  const at = parseTime(time);
  if (at === null) return setValue(target, null);
  setAttribute(target, 'title', String(time));
  setValue(target, formatAgo(Math.max(0, (nowMs - at) / 1_000)));
}
