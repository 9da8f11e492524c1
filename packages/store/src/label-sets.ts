import { createHash } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { Labels } from '@cpemon/domain';

export type LabelPairs = readonly (readonly [name: string, value: string])[];

/** MariaDB turns longer lists into a table that it may join the wrong way round. */
const KEYS_A_STATEMENT = 900;

/** The labels of label sets, which never change. */
export async function labelsOfSets(
  connection: Connection,
  labelSetIds: readonly number[],
): Promise<Map<number, LabelPairs>> {
  const labels = new Map<number, [string, string][]>();
  for (let first = 0; first < labelSetIds.length; first += KEYS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[][]>({
      sql: 'SELECT label_set_id, name, value FROM label_set_values WHERE label_set_id IN (?)',
      values: [labelSetIds.slice(first, first + KEYS_A_STATEMENT)],
      rowsAsArray: true,
    });
    for (const [id, name, value] of rows as unknown as [number, string, string][]) {
      const known = labels.get(id);
      if (known === undefined) labels.set(id, [[name, value]]);
      else known.push([name, value]);
    }
  }
  return labels;
}

/** Names and values in one order, as one text: equal for equal labels. */
export function labelsText(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, labels[name]]));
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest().subarray(0, 16);

/**
 * The keys of label sets, by the text of `labelsText`; those that are not there yet are made.
 * @param texts none of them empty
 */
export async function labelSetIds(
  transaction: Connection,
  texts: readonly string[],
): Promise<Map<string, number>> {
  const byDigest = new Map(texts.map((text) => [digestOf(text).toString('latin1'), text]));
  const ids = new Map<string, number>();
  const find = async (digests: readonly string[]): Promise<void> => {
    for (let first = 0; first < digests.length; first += KEYS_A_STATEMENT) {
      const [rows] = await transaction.query<RowDataPacket[]>(
        'SELECT label_set_id, digest FROM label_sets WHERE digest IN (?)',
        [digests.slice(first, first + KEYS_A_STATEMENT).map((digest) => Buffer.from(digest, 'latin1'))],
      );
      for (const row of rows) {
        const text = byDigest.get((row['digest'] as Buffer).toString('latin1'));
        if (text !== undefined) ids.set(text, row['label_set_id'] as number);
      }
    }
  };
  await find([...byDigest.keys()]);
  const missing = [...byDigest].filter(([, text]) => !ids.has(text));
  if (missing.length === 0) return ids;
  for (let first = 0; first < missing.length; first += KEYS_A_STATEMENT) {
    await transaction.query('INSERT INTO label_sets (digest) VALUES ?', [
      missing.slice(first, first + KEYS_A_STATEMENT).map(([digest]) => [Buffer.from(digest, 'latin1')]),
    ]);
  }
  await find(missing.map(([digest]) => digest));
  const values = missing.flatMap(([, text]) =>
    (JSON.parse(text) as [string, string][]).map(([name, value]) => [ids.get(text), name, value]),
  );
  for (let first = 0; first < values.length; first += KEYS_A_STATEMENT) {
    await transaction.query('INSERT INTO label_set_values (label_set_id, name, value) VALUES ?', [
      values.slice(first, first + KEYS_A_STATEMENT),
    ]);
  }
  return ids;
}
