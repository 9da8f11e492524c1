import { createHash, randomBytes } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import type { ErasureKey } from '@cpemon/domain';

export const SECRET_BYTES = 32;

export const keyIdOf = (secret: Buffer): string =>
  createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** Secrets of tombstones, the one that new ones are made with first. */
export async function readErasureKeys(connection: Connection): Promise<ErasureKey[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT key_id, secret FROM erasure_keys ORDER BY made_at, key_id',
  );
  return rows.map((row) => ({ keyId: row['key_id'] as string, secret: row['secret'] as Buffer }));
}

/** The secret for new tombstones; made when there is none. */
export async function ensureErasureKey(transaction: Connection): Promise<ErasureKey> {
  const [known] = await readErasureKeys(transaction);
  if (known !== undefined) return known;
  await addErasureKey(transaction, randomBytes(SECRET_BYTES));
  // Another process may have made one at the same moment: the older one is everybody's.
  const [first] = await readErasureKeys(transaction);
  if (first === undefined) throw new Error('the secret of tombstones is not there after its INSERT');
  return first;
}

/** Adds a secret unless it is there. */
export async function addErasureKey(transaction: Connection, secret: Buffer): Promise<void> {
  await transaction.query(
    `INSERT INTO erasure_keys (key_id, secret, made_at) VALUES (?, ?, SYSDATE(3))
     ON DUPLICATE KEY UPDATE secret = VALUES(secret)`,
    [keyIdOf(secret), secret],
  );
}
