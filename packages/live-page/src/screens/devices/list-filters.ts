/** What the list of devices is asked, read from the address: only what the API knows. */

/** Filters that stand in the address under their own names, beside `label.NAME`. */
export const FILTER_NAMES = [
  ...(['q', 'status', 'reachability', 'health', 'admin_state', 'model', 'firmware'] as const),
] as const;
const LABEL = /^label\.[a-z][a-z0-9_]{0,31}$/;

export interface ListQuery {
  [name: string]: string | undefined;
  [label: `label.${string}`]: string;
}

/** Filters of an address, with order and page. */
export function readListQuery(query: URLSearchParams): ListQuery {
  const read: ListQuery = readFilters(query);
  for (const name of ['sort', 'cursor'] as const) {
    const value = query.get(name);
    if (value !== null && value !== '') read[name] = value;
  }
  return read;
}

/** What an address limits the list to. */
export function readFilters(query: URLSearchParams): Record<string, string> {
  const known = new Set<string>(FILTER_NAMES);
  return Object.fromEntries(
    [...query].filter(([name, value]) => value !== '' && (known.has(name) || LABEL.test(name))),
  );
}

/** Filters that no field shows, such as labels: they are shown one by one, to be taken away. */
export const chipsOf = (filters: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(filters)
    .filter(
      ([name]) => LABEL.test(name) || name === 'model' || name === 'firmware' || name === 'reachability',
    )
    .map(([name, value]) => ({ name, value }));

/** Where all that fits is exported from. */
export const exportHref = (filters: Readonly<Record<string, string>>, format: 'csv' | 'ndjson'): string =>
  `/v1/export/devices?${new URLSearchParams({ ...filters, format }).toString()}`;
