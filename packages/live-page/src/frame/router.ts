import { computed, signal } from '@preact/signals';
import { movedAddress, routeOf, withQuery } from './url-state.js';

/** The address that is shown. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const placeNow = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

export const place = signal<Place>(placeNow());
export const route = computed(() => routeOf(place.value.path));
/** Wall mode: for a screen that nobody touches. */
export const isWall = computed(() => place.value.query.get('wall') === '1');

/** Shows another address. In wall mode it stays there. */
export function navigate(href: string, { replace = false }: { replace?: boolean } = {}): void {
  const url = new URL(href, location.href);
  if (isWall.value && !url.searchParams.has('wall')) url.searchParams.set('wall', '1');
  const address = url.pathname + url.search + url.hash;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  const samePath = url.pathname === place.value.path;
  place.value = placeNow();
  if (samePath) return;
  scrollTo(0, 0);
  // Whoever reads by ear goes on at the new screen.
  requestAnimationFrame(() => document.getElementById('content')?.focus({ preventScroll: true }));
}

/** Changes members of the query, such as filters; empty takes one away. */
export function setQuery(
  changes: Readonly<Record<string, string | undefined>>,
  { replace = true }: { replace?: boolean } = {},
): void {
  navigate(withQuery(place.value.path, place.value.query, changes), { replace });
}

/** Follows links of the page without loading it anew, and the browser's back and forward. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    place.value = placeNow();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || routeOf(link.pathname).screen === 'none') return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash !== '') return;
    event.preventDefault();
    navigate(link.href);
  });
  const moved = movedAddress(place.value.path, place.value.query);
  if (moved !== null) navigate(moved, { replace: true });
}
