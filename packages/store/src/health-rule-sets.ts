import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';

/** A set of rules as it was written. */
export interface HealthRuleSetRow {
  /** Of its text; see health-rules-text.ts of contracts. */
  version: string;
  rules: number;
  content: string;
}

/** Remembers that a set is in force now. */
export async function recordRuleSet(
  connection: Connection,
  { version, rules, content }: HealthRuleSetRow,
): Promise<void> {
  await connection.query(
    `
INSERT INTO health_rule_sets (version, first_loaded_at, last_loaded_at, rules, content)
VALUES (?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?, ?)
ON DUPLICATE KEY UPDATE last_loaded_at = VALUES(last_loaded_at)`,
    [version, rules, content],
  );
}

/** The set that a writer took up last, with when it did, epoch ms; null where health was never judged. */
export async function readNewestRuleSet(
  connection: Connection,
): Promise<(HealthRuleSetRow & { loadedAt: number }) | null> {
  const [[row]] = await connection.query<RowDataPacket[]>(`
SELECT version, rules, content, last_loaded_at FROM health_rule_sets
 ORDER BY last_loaded_at DESC, version LIMIT 1`);
  if (row === undefined) return null;
  const { version, rules, content, last_loaded_at: loadedAt } = row as Record<string, unknown>;
  return {
    ...{ version: version as string, rules: Number(rules), content: content as string },
    loadedAt: (loadedAt as Date).getTime(),
  };
}
