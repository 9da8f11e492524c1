import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

export const ACCESS_ROLES = ['viewer', 'support', 'operator'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** What a token or a login link lets its holder do. */
export interface AccessGrant {
  /** By which the audit knows the holder. */
  name: string;
  role: AccessRole;
  /** Labels that a device must have to be seen; none: any device. */
  labels: Readonly<Record<string, string>>;
}

/** A token as it is kept: without the token. Times in epoch ms. */
export interface KeptToken extends AccessGrant {
  id: number;
  madeAt: number;
  madeBy: string;
  expiresAt: number | null;
  revokedAt: number | null;
  revokedBy: string | null;
}

const MS = (column: string): string => `CAST(UNIX_TIMESTAMP(${column}) * 1000 AS UNSIGNED)`;

/** @param digest SHA-256 of the token. @returns the key of the token */
export async function addAccessToken(
  connection: Connection,
  digest: Buffer,
  grant: AccessGrant,
  { actor, expiresInMs }: { actor: string; expiresInMs: number | null },
): Promise<number> {
  const [result] = await connection.query<ResultSetHeader>(
    `
INSERT INTO access_tokens (digest, name, role, labels, made_at, made_by, expires_at)
VALUES (?, ?, ?, ?, SYSDATE(3), ?, SYSDATE(3) + INTERVAL ? * 1000 MICROSECOND)`,
    [digest, grant.name, grant.role, labelsText(grant.labels), actor.slice(0, LONGEST_ACTOR), expiresInMs],
  );
  return result.insertId;
}

const LONGEST_ACTOR = 128;

/** What a token lets its holder do at the moment; null for one that is not known, is over, or was revoked. */
export async function findAccessToken(connection: Connection, digest: Buffer): Promise<AccessGrant | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    `
SELECT name, role, labels FROM access_tokens
 WHERE digest = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > SYSDATE(3))`,
    [digest],
  );
  return row === undefined ? null : grantOf(row);
}

/** Tokens, the newest first. */
export async function listAccessTokens(
  connection: Connection,
  { limit, before }: { limit: number; before?: number | undefined },
): Promise<KeptToken[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `
SELECT token_id AS id, name, role, labels, ${MS('made_at')} AS madeAt, made_by AS madeBy,
       ${MS('expires_at')} AS expiresAt, ${MS('revoked_at')} AS revokedAt, revoked_by AS revokedBy
  FROM access_tokens
 WHERE token_id < ?
 ORDER BY token_id DESC
 LIMIT ?`,
    [before ?? LARGEST_ID, limit],
  );
  return rows.map((row) => ({
    ...grantOf(row),
    id: row['id'] as number,
    madeAt: Number(row['madeAt']),
    madeBy: row['madeBy'] as string,
    expiresAt: row['expiresAt'] === null ? null : Number(row['expiresAt']),
    revokedAt: row['revokedAt'] === null ? null : Number(row['revokedAt']),
    revokedBy: row['revokedBy'] as string | null,
  }));
}

const LARGEST_ID = 4_294_967_295;

/** @returns false when there is no such token, or it was revoked before */
export async function revokeAccessToken(connection: Connection, id: number, actor: string): Promise<boolean> {
  const [result] = await connection.query<ResultSetHeader>(
    `UPDATE access_tokens SET revoked_at = SYSDATE(3), revoked_by = ? WHERE token_id = ? AND revoked_at IS NULL`,
    [actor.slice(0, LONGEST_ACTOR), id],
  );
  return result.affectedRows === 1;
}

/** Keeps a login link, and forgets those that are long over. @param digest SHA-256 of its secret */
export async function addLoginLink(
  connection: Connection,
  digest: Buffer,
  grant: AccessGrant,
  { actor, lastsMs }: { actor: string; lastsMs: number },
): Promise<void> {
  await connection.query<ResultSetHeader>(
    'DELETE FROM access_links WHERE expires_at < SYSDATE(3) - INTERVAL 1 DAY ORDER BY expires_at LIMIT 1000',
  );
  await connection.query<ResultSetHeader>(
    `
INSERT INTO access_links (digest, name, role, labels, made_at, made_by, expires_at)
VALUES (?, ?, ?, ?, SYSDATE(3), ?, SYSDATE(3) + INTERVAL ? * 1000 MICROSECOND)`,
    [digest, grant.name, grant.role, labelsText(grant.labels), actor.slice(0, LONGEST_ACTOR), lastsMs],
  );
}

/** Uses a login link up: of those who do so at once one gets what it grants. Null when it is not known, over or used. */
export async function useLoginLink(connection: Connection, digest: Buffer): Promise<AccessGrant | null> {
  const [result] = await connection.query<ResultSetHeader>(
    'UPDATE access_links SET used_at = SYSDATE(3) WHERE digest = ? AND used_at IS NULL AND expires_at > SYSDATE(3)',
    [digest],
  );
  if (result.affectedRows !== 1) return null;
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT name, role, labels FROM access_links WHERE digest = ?',
    [digest],
  );
  return row === undefined ? null : grantOf(row);
}

const labelsText = (labels: AccessGrant['labels']): string =>
  Object.keys(labels).length === 0 ? '' : JSON.stringify(labels);

function grantOf(row: RowDataPacket): AccessGrant {
  const labels = row['labels'] as string;
  return {
    name: row['name'] as string,
    role: row['role'] as AccessRole,
    labels: labels === '' ? {} : (JSON.parse(labels) as Record<string, string>),
  };
}
