import type { SingleConnection } from '@cpemon/database';

/** Beside the product's schema, so that no comparison meets it. */
const MARKS = 'cpemon_chaos.marks';

export async function makeMarks(connection: SingleConnection): Promise<void> {
  await connection.query('CREATE DATABASE cpemon_chaos');
  await connection.query(`CREATE TABLE ${MARKS} (n BIGINT NOT NULL) ENGINE = InnoDB`);
  await connection.query(`INSERT INTO ${MARKS} (n) VALUES (0)`);
}

/**
 * Resolves when all that this connection has seen outlives a crash of the server. InnoDB shows a commit to others a
 * moment before its redo is on disk, and before whoever made it hears of it: a server that is killed right then comes
 * back without it, and nobody was promised anything. The redo log is one sequence, so when a commit of ours returns,
 * what was seen before it is on disk as well.
 */
export async function seenForGood(connection: SingleConnection): Promise<void> {
  await connection.query(`UPDATE ${MARKS} SET n = n + 1`);
}
