import { element, setText, setValue } from './element.mjs';
import { formatCount, formatShare } from './format.mjs';
import { statusMark } from './status-mark.mjs';

/** Always shown. `degraded` gets a tile once the API counts it. */
const STATUSES = ['online', 'degraded', 'stale', 'offline', 'unknown'];

/** @param {HTMLElement} list @returns {(fleet: any) => void} shows an answer of GET /v1/fleet */
export function createFleetTiles(list) {
  const devices = createTile('devices', element('span', { class: 'status' }, element('span', {}, 'devices')));
  const tiles = STATUSES.map((status) => ({ status, ...createTile(status, statusMark(status)) }));
  list.replaceChildren(devices.item, ...tiles.map((tile) => tile.item));

  return (fleet) => {
    setValue(devices.count, formatCount(fleet.devices));
    setText(devices.share, 'have reported');
    for (const { status, item, count, share } of tiles) {
      const number = fleet.by_status?.[status];
      item.hidden = status === 'degraded' && typeof number !== 'number';
      setValue(count, formatCount(number));
      setText(share, shareSentence(number, fleet.devices));
    }
  };
}

/** @param {unknown} part @param {unknown} whole */
function shareSentence(part, whole) {
  const share = formatShare(part, whole);
  return share === null ? '' : `${share} of all`;
}

/** @param {string} name @param {HTMLElement} label */
function createTile(name, label) {
  const count = element('span', { class: 'count' });
  const share = element('span', { class: 'share' });
  return { item: element('li', { class: `tile tile-${name}` }, label, count, share), count, share };
}
