import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

export interface LabelSetsNaming {
  /** Of those that have one of the labels, these alone. */
  sets: Map<number, Map<string, string>>;
  /** The newest set that was looked at: what others have is known up to here. */
  upTo: number;
}

/** The label sets that have one of some labels. */
export async function readLabelSetsNaming(
  connection: Connection,
  names: readonly string[],
): Promise<LabelSetsNaming> {
  const sets = new Map<number, Map<string, string>>();
  const [[newest]] = await connection.query<RowDataPacket[]>(
    'SELECT COALESCE(MAX(label_set_id), 0) AS upTo FROM label_sets',
  );
  const upTo = Number(newest?.['upTo']);
  if (names.length === 0) return { sets, upTo };
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT label_set_id, name, value FROM label_set_values WHERE name IN (?)',
    [names],
  );
  for (const row of rows) {
    const id = row['label_set_id'] as number;
    let labels = sets.get(id);
    if (labels === undefined) sets.set(id, (labels = new Map<string, string>()));
    labels.set(row['name'] as string, row['value'] as string);
  }
  return { sets, upTo };
}
