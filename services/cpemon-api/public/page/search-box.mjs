/* global document, HTMLInputElement, HTMLTextAreaElement */
import { byId } from './element.mjs';

/** The form works by itself (it opens admin?sn=…); this adds the key "/" and the serial number that is shown. @param {string | null} serialNumber */
export function setUpSearchBox(serialNumber) {
  const field = /** @type {HTMLInputElement} */ (byId('search'));
  if (serialNumber !== null) field.value = serialNumber;
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
