/** A column: its title, and what stands in it. */
export type Column<Row> = readonly [title: string, text: (row: Row) => string | number | null];

/** Rows for people, in columns as wide as they need. @param empty said when there is none */
export function textTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): string {
  if (rows.length === 0) return empty;
  const lines = [
    columns.map(([title]) => title.toUpperCase()),
    ...rows.map((row) => columns.map(([, text]) => String(text(row) ?? '-'))),
  ];
  const widths = columns.map((_column, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One thing for people: a line a member; what is nested follows as JSON. */
export function textFacts(facts: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(facts);
  const width = Math.max(...names.map((name) => name.length));
  const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
  const flat = names.filter((name) => !isNested(facts[name]));
  const nested = names.filter((name) => isNested(facts[name]));
  return [
    ...flat.map((name) => `${name.padEnd(width)}  ${flatText(facts[name])}`),
    ...nested.map((name) => `${name}\n${JSON.stringify(facts[name], null, 2)}`),
  ].join('\n');
}

const flatText = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '-' : JSON.stringify(value);

/** @param length at least 1 */
export const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
