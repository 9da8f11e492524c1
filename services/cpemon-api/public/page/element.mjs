/* global document */

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children strings become text, never markup
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} tag @param {Record<string, string>} attributes @param {...Node} children @returns {SVGElement} */
export function svgElement(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element with this id; the page cannot work without it. @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html has no element "${id}"`);
  return found;
}

/** Leaves the document alone when nothing changed. @param {Element} target @param {string} text */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Shows a value, or that it is not known. @param {Element} target @param {string | null} text */
export function setValue(target, text) {
  target.classList.toggle('missing', text === null);
  if (text !== null) {
    setText(target, text);
  } else if (target.firstElementChild?.className !== 'dash') {
    target.replaceChildren(
      element('span', { class: 'dash', 'aria-hidden': 'true' }, '–'),
      element('span', { class: 'for-readers' }, 'not reported'),
    );
  }
}

/** @param {Element} target @param {string} name @param {string} value */
export function setAttribute(target, name, value) {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Makes `target` hold exactly these children, moving as few of them as possible. @param {Element} target @param {Element[]} children */
export function setChildren(target, children) {
  const wanted = new Set(children);
  for (const child of [...target.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (target.children[index] !== child) target.insertBefore(child, target.children[index] ?? null);
  });
}
