import { element, svgElement } from './element.mjs';

/** The statuses that have a shape of their own; any other word is shown with the shape of `unknown`. */
const SHAPES = ['online', 'degraded', 'stale', 'offline', 'unknown'];

/** A shape and the word: colour is never the only sign. @param {string} status @param {string} [word] */
export function statusMark(status, word = status) {
  const shape = SHAPES.includes(status) ? status : 'unknown';
  return element(
    'span',
    { class: `status is-${shape}` },
    svgElement(
      'svg',
      { class: 'mark', 'aria-hidden': 'true' },
      svgElement('use', { href: `#mark-${shape}` }),
    ),
    element('span', {}, word),
  );
}
