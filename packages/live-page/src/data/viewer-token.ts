const KEY = 'cpemon-viewer-token';

export const readToken = (): string | null => sessionStorage.getItem(KEY);

/** Kept until the tab is closed. */
export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token);

export const forgetToken = (): void => sessionStorage.removeItem(KEY);

/** A link may carry a token as `#token=…`: a browser sends a fragment to no server. It is taken out of the address at once. */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null || token === '') return;
  keepToken(token);
  history.replaceState(null, '', location.pathname + location.search);
}
