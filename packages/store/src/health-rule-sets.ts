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
