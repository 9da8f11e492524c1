/** What an address shows. Pure: the history of the browser is router.ts. */
export type Route =
  | { screen: 'fleet' }
  | { screen: 'devices' }
  /** @property id key or serial number, as `/v1/devices/:id` takes it */
  | { screen: 'device'; id: string }
  | { screen: 'alerts'; id: string | null }
  /** @property part the path below /operations; empty on its first page */
  | { screen: 'operations'; part: string }
  | { screen: 'login' }
  | { screen: 'none' };

/** @param path of an address, percent-encoded */
export function routeOf(path: string): Route {
  const [first = '', second, ...rest] = path.replace(/^\/+|\/+$/g, '').split('/');
  const id = second === undefined ? null : decoded(second);
  if (first === '' || first === 'index.html') return { screen: 'fleet' };
  if (first === 'operations') return { screen: 'operations', part: [second ?? '', ...rest].join('/') };
  if (rest.length > 0) return { screen: 'none' };
  if (first === 'devices') return id === null ? { screen: 'devices' } : { screen: 'device', id };
  if (first === 'alerts') return { screen: 'alerts', id };
  return first === 'login' ? { screen: 'login' } : { screen: 'none' };
}

/** The address of a device. */
export const devicePath = (id: string | number): string => `/devices/${encodeURIComponent(String(id))}`;

/** The address of the device list with filters, those that are empty left out. */
export function devicesPath(filters: Readonly<Record<string, string | undefined>>): string {
  return withQuery('/devices', new URLSearchParams(), filters);
}

/** An address with members of its query changed; an empty or absent value takes one away. */
export function withQuery(
  path: string,
  query: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const changed = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') changed.delete(name);
    else changed.set(name, value);
  }
  const text = changed.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Where an address of the first page leads now: `/admin?sn=SERIAL`; null when it is none. */
export function movedAddress(path: string, query: URLSearchParams): string | null {
  if (path !== '/admin') return null;
  const serialNumber = query.get('sn');
  return serialNumber === null || serialNumber === '' ? '/' : devicePath(serialNumber);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
