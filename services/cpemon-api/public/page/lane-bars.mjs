import { element, setChildren, setText } from './element.mjs';
import { formatCompact, formatCount } from './format.mjs';

/** Below this lag a bar is not drawn at full height even when its lane has the longest one: 3 events are no backlog. */
const SMALLEST_SCALE_EVENTS = 100;

/** @param {HTMLElement} list @returns {(lanes: any[], letterOf: (owner: unknown) => string | null) => void} */
export function createLaneBars(list) {
  /** @type {Map<string, { item: HTMLElement, lag: HTMLElement, owner: HTMLElement, bar: HTMLElement }>} */
  const shown = new Map();

  return (lanes, letterOf) => {
    const scale = Math.max(SMALLEST_SCALE_EVENTS, ...lanes.map((lane) => lane.lag_events ?? 0));
    const cells = lanes.map((lane) => {
      const key = `${lane.generation ?? ''}:${lane.lane}`;
      const cell = shown.get(key) ?? createCell(lane.lane);
      shown.set(key, cell);
      const letter = letterOf(lane.owner);
      setText(cell.lag, formatCompact(lane.lag_events) ?? '–');
      setText(cell.owner, letter ?? 'none');
      cell.item.classList.toggle('ownerless', letter === null);
      cell.item.title = laneSentence(lane);
      cell.bar.style.setProperty('--height', `${(100 * (lane.lag_events ?? 0)) / scale}%`);
      return cell.item;
    });
    setChildren(list, cells);
  };
}

/** @param {number} lane */
function createCell(lane) {
  const lag = element('span', { class: 'lag' });
  const owner = element('span', { class: 'owner' });
  const bar = element('span', { class: 'fill' });
  const item = element(
    'li',
    { class: 'lane' },
    element('span', { class: 'for-readers' }, 'lane '),
    element('span', { class: 'name' }, String(lane)),
    element('span', { class: 'tube', 'aria-hidden': 'true' }, bar),
    lag,
    element('span', { class: 'for-readers' }, ' events wait, writer '),
    owner,
  );
  return { item, lag, owner, bar };
}

/** @param {any} lane */
function laneSentence(lane) {
  const parts = [`lane ${lane.lane}`];
  if (typeof lane.head === 'number') parts.push(`head ${formatCount(lane.head)}`);
  if (typeof lane.offset === 'number') parts.push(`offset ${formatCount(lane.offset)}`);
  if (typeof lane.epoch === 'number') parts.push(`epoch ${formatCount(lane.epoch)}`);
  parts.push(typeof lane.owner === 'string' ? `owner ${lane.owner}` : 'no owner');
  return parts.join(', ');
}
