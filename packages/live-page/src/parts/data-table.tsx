import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  /** Of the column; also what a phone shows before its value. */
  title: string;
  cell(row: Row): ComponentChildren;
  /** Right-aligned. */
  isNumber?: boolean;
  /** Left out where there is little room. */
  isExtra?: boolean;
  /** Makes the heading a button that sorts: `ascending` and `descending` are values of `sort`. */
  sort?: { ascending: string; descending: string };
}

/** Rows of the same kind. On a phone each row becomes a block. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  sort,
  onSort,
  empty = 'There is nothing here.',
  rowClass,
}: {
  /** What the table shows, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  /** What stands in its place when there are no rows. */
  empty?: ComponentChildren;
  rowClass?: (row: Row) => string;
}) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const classOf = ({ isNumber, isExtra }: Column<Row>): string =>
    [isNumber === true && 'number', isExtra === true && 'extra'].filter(Boolean).join(' ');
  return (
    <div class="table-box">
      <table class="data" aria-label={label} role="table">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                role="columnheader"
                class={classOf(column)}
                {...sortedBy(column, sort)}
              >
                {column.sort === undefined ? (
                  column.title
                ) : (
                  <button
                    type="button"
                    class="sort"
                    onClick={() =>
                      onSort?.(
                        sort === column.sort!.ascending ? column.sort!.descending : column.sort!.ascending,
                      )
                    }
                  >
                    {column.title}
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row" class={rowClass?.(row) ?? ''}>
              {columns.map((column) => (
                <td key={column.title} role="cell" class={classOf(column)} data-title={column.title}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sortedBy<Row>(
  { sort }: Column<Row>,
  current: string | undefined,
): { 'aria-sort'?: 'ascending' | 'descending' | 'none' } {
  if (sort === undefined) return {};
  if (current === sort.ascending) return { 'aria-sort': 'ascending' };
  return { 'aria-sort': current === sort.descending ? 'descending' : 'none' };
}
