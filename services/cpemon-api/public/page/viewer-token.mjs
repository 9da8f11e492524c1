/* global sessionStorage, location, history, URLSearchParams */

const KEY = 'cpemon-viewer-token';

/** @returns {string | null} */
export const readToken = () => sessionStorage.getItem(KEY);

/** Kept until the tab is closed. @param {string} token */
export const keepToken = (token) => sessionStorage.setItem(KEY, token);

export const forgetToken = () => sessionStorage.removeItem(KEY);

/** A link may carry a token as `#token=…`: a browser sends a fragment to no server. It is taken out of the address at once. */
export function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null || token === '') return;
  keepToken(token);
  history.replaceState(null, '', location.pathname + location.search);
}
