import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import { erasureHash, type ErasureKey, type Tombstone } from '@cpemon/domain';

/** A tombstone with the secret that its hashes are made with. */
export interface KeyedTombstone extends Tombstone {
  key: ErasureKey;
}

const ROWS_A_STATEMENT = 500;
const NO_HASH = Buffer.alloc(32);
const COLUMNS = `subject_hash, erasure_id, key_id, identity_hash, generation, lane, seq,
  CAST(UNIX_TIMESTAMP(erased_at) * 1000 AS UNSIGNED) AS erased_ms`;

/** Time of the newest tombstone, epoch ms; what was received later is nobody's past. Null when there is none. */
export async function readNewestErasure(connection: Connection): Promise<number | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT CAST(UNIX_TIMESTAMP(MAX(erased_at)) * 1000 AS UNSIGNED) AS newest FROM erasure_tombstones',
  );
  return row === undefined || row['newest'] === null ? null : Number(row['newest']);
}

/** The tombstones of serial numbers, by serial number. @param keys all there are */
export async function findTombstones(
  connection: Connection,
  keys: readonly ErasureKey[],
  serialNumbers: readonly string[],
): Promise<Map<string, KeyedTombstone[]>> {
  const wanted = new Map<string, string>();
  for (const key of keys)
    for (const serialNumber of serialNumbers)
      wanted.set(erasureHash(key, serialNumber).toString('hex'), serialNumber);
  const hashes = [...wanted.keys()];
  const found = new Map<string, KeyedTombstone[]>();
  for (let first = 0; first < hashes.length; first += ROWS_A_STATEMENT) {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT ${COLUMNS} FROM erasure_tombstones WHERE subject_hash IN (?)`,
      [hashes.slice(first, first + ROWS_A_STATEMENT).map((hash) => Buffer.from(hash, 'hex'))],
    );
    for (const row of rows) {
      const serialNumber = wanted.get((row['subject_hash'] as Buffer).toString('hex'))!;
      const key = keys.find(({ keyId }) => keyId === row['key_id']);
      if (key === undefined) continue;
      found.set(serialNumber, [...(found.get(serialNumber) ?? []), { ...tombstoneOf(row), key }]);
    }
  }
  return found;
}

/** The subjects of erasures that are done: `<erasure>/<hash of the subject in hex>`. */
export async function findErased(
  connection: Connection,
  erasureIds: readonly string[],
): Promise<Set<string>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT erasure_id, subject_hash FROM erasure_tombstones WHERE erasure_id IN (?)',
    [erasureIds],
  );
  return new Set(rows.map((row) => erasedKey(row['erasure_id'] as string, row['subject_hash'] as Buffer)));
}

export const erasedKey = (erasureId: string, subjectHash: Buffer): string =>
  `${erasureId}/${subjectHash.toString('hex')}`;

/** Adds tombstones; one that is there already stays as it is. */
export async function addTombstones(
  transaction: Connection,
  tombstones: readonly KeyedTombstone[],
): Promise<void> {
  for (let first = 0; first < tombstones.length; first += ROWS_A_STATEMENT) {
    const rows = tombstones.slice(first, first + ROWS_A_STATEMENT);
    await transaction.query(
      `INSERT INTO erasure_tombstones
         (subject_hash, erasure_id, key_id, identity_hash, generation, lane, seq, erased_at)
       VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, FROM_UNIXTIME(?))').join(', ')}
       ON DUPLICATE KEY UPDATE erasure_id = VALUES(erasure_id)`,
      rows.flatMap(({ subjectHash, erasureId, key, identityHash, generation, lane, sequence, erasedAt }) => [
        ...[subjectHash, erasureId, key.keyId, identityHash ?? NO_HASH],
        ...[generation, lane, sequence, erasedAt / 1000],
      ]),
    );
  }
}

/** Tombstones in the order of their keys, after the one at the end of the page before. */
export async function listTombstones(
  connection: Connection,
  keys: readonly ErasureKey[],
  { limit, after }: { limit: number; after?: Pick<Tombstone, 'subjectHash' | 'erasureId'> },
): Promise<KeyedTombstone[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT ${COLUMNS} FROM erasure_tombstones
      WHERE subject_hash > ? OR (subject_hash = ? AND erasure_id > ?)
      ORDER BY subject_hash, erasure_id
      LIMIT ?`,
    [
      after?.subjectHash ?? Buffer.alloc(0),
      after?.subjectHash ?? Buffer.alloc(0),
      after?.erasureId ?? '',
      limit,
    ],
  );
  return rows.flatMap((row) => {
    const key = keys.find(({ keyId }) => keyId === row['key_id']);
    return key === undefined ? [] : [{ ...tombstoneOf(row), key }];
  });
}

function tombstoneOf(row: RowDataPacket): Tombstone {
  const identity = row['identity_hash'] as Buffer;
  return {
    erasureId: row['erasure_id'] as string,
    subjectHash: row['subject_hash'] as Buffer,
    identityHash: identity.equals(NO_HASH) ? null : identity,
    generation: Number(row['generation']),
    lane: Number(row['lane']),
    sequence: Number(row['seq']),
    erasedAt: Number(row['erased_ms']),
  };
}
