import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createTestDatabase,
  MIGRATIONS_FOLDER,
  type TestDatabase,
} from '../../../tests/support/test-database.js';
import { connect } from './connection.js';
import { migrate } from './migrator.js';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ migrations: null });
  folder = mkdtempSync(join(tmpdir(), 'cpemon-migrations-'));
});

afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const rows = async (sql: string) => (await database.pool.query(sql))[0];
const tables = async () =>
  ((await rows('SHOW TABLES')) as Record<string, string>[]).map((row) => Object.values(row)[0]).sort();

test('applies the files in order once, and again nothing', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nINSERT INTO a VALUES (1);\n');
  write('0002_b.sql', '-- A comment.\nALTER TABLE a\n  ADD COLUMN y INT NULL;\n');
  expect(await migrate(database.address, folder)).toEqual({
    applied: ['0001_a.sql', '0002_b.sql'],
    version: 2,
  });
  expect(await migrate(database.address, folder)).toEqual({ applied: [], version: 2 });
  expect(await rows('SELECT x, y FROM a')).toEqual([{ x: 1, y: null }]);
});

test('the migrations of this release apply to an empty schema', async () => {
  const report = await migrate(database.address, MIGRATIONS_FOLDER);
  expect(report.applied.length).toBe(report.version);
});

test('several migrators started at once do the work once', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nDO SLEEP(0.2);\nINSERT INTO a VALUES (1);\n');
  const reports = await Promise.all([1, 2, 3].map(() => migrate(database.address, folder)));
  expect(reports.filter((report) => report.applied.length === 1)).toHaveLength(1);
  expect(await rows('SELECT COUNT(*) AS n FROM a')).toEqual([{ n: 1 }]);
});

test('a migrator that waits too long names who holds the lock', async () => {
  write('0001_a.sql', 'DO SLEEP(1.5);\n');
  const first = migrate(database.address, folder);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await expect(migrate(database.address, folder, { lockWaitSeconds: 0 })).rejects.toThrow(
    /Another migration of schema cpemon_test_\w+ has been running .* \(database connection \d+\)/,
  );
  await first;
});

test('a procedure block keeps the semicolons of its body', async () => {
  write(
    '0001_p.sql',
    `CREATE TABLE a (x INT);
-- procedure
CREATE PROCEDURE fill(IN n INT)
SQL SECURITY INVOKER
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;
  INSERT INTO a VALUES (n);
  INSERT INTO a VALUES (n + 1);
END
//
INSERT INTO a VALUES (0);
`,
  );
  await migrate(database.address, folder);
  await database.pool.query('CALL fill(5)');
  expect(await rows('SELECT x FROM a ORDER BY x')).toEqual([{ x: 0 }, { x: 5 }, { x: 6 }]);
});

test('an applied file that was changed is refused by name', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\n');
  await migrate(database.address, folder);
  write('0001_a.sql', 'CREATE TABLE a (x BIGINT);\n');
  await expect(migrate(database.address, folder)).rejects.toThrow(
    /0001_a\.sql was changed after it had been applied/,
  );
});

test('an applied file that the release lacks is refused by name', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\n');
  write('0002_b.sql', 'CREATE TABLE b (x INT);\n');
  await migrate(database.address, folder);
  rmSync(join(folder, '0002_b.sql'));
  await expect(migrate(database.address, folder)).rejects.toThrow(
    /0002_b\.sql was applied .* does not have it/,
  );
});

test('a gap in the numbers is refused before anything is applied', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\n');
  write('0003_c.sql', 'CREATE TABLE c (x INT);\n');
  await expect(migrate(database.address, folder)).rejects.toThrow(/Migration 0002 is missing: 0003_c\.sql/);
  expect(await tables()).toEqual([]);
});

test('a statement that fails leaves the ones before it, and the next run goes on at it', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nINSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\n');
  await expect(migrate(database.address, folder)).rejects.toThrow(
    /0001_a\.sql stopped at line 3: .*first 2 of 3 statements; mend the cause and migrate again/,
  );
  await database.pool.query('CREATE TABLE b (x INT)');
  await migrate(database.address, folder);
  expect(await rows('SELECT (SELECT COUNT(*) FROM a) AS a, (SELECT COUNT(*) FROM b) AS b')).toEqual([
    { a: 1, b: 1 },
  ]);
});

test('a half applied file may be mended below the statements that are in place, not above', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nNONSENSE;\n');
  await expect(migrate(database.address, folder)).rejects.toThrow(/stopped at line 2/);
  write('0001_a.sql', 'CREATE TABLE z (x INT);\nCREATE TABLE b (x INT);\n');
  await expect(migrate(database.address, folder)).rejects.toThrow(/changed after its first 1 statements/);
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nCREATE TABLE b (x INT);\n');
  await migrate(database.address, folder);
  expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
});

test('a run killed in the middle of a file is taken up where it stopped', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nDO SLEEP(20);\nCREATE TABLE b (x INT);\n');
  const killed = migrate(database.address, folder).catch((error: Error) => error.message);
  const admin = await connect(database.address, {});
  const sleeping = async () =>
    (
      (await admin.query("SELECT id FROM information_schema.processlist WHERE info = 'DO SLEEP(20)'"))[0] as {
        id: number;
      }[]
    )[0];
  let session = await sleeping();
  while (session === undefined) session = await sleeping();
  await admin.query(`KILL ${session.id}`);
  expect(await killed).toMatch(/stopped at line 2/);
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nDO SLEEP(0);\nCREATE TABLE b (x INT);\n');
  await migrate(database.address, folder);
  await admin.end();
  expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
});

test('a run that ended between a DDL statement and its record goes on behind it', async () => {
  write('0001_a.sql', 'CREATE TABLE a (x INT);\nCREATE TABLE b (x INT);\n');
  write('0002_c.sql', 'CREATE TABLE c (x INT);\n');
  await migrate(database.address, folder);
  await database.pool.query('DELETE FROM schema_migrations WHERE number = 2');
  await database.pool.query('DROP TABLE c');
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  await database.pool.query(
    `UPDATE schema_migrations SET statements_done = 0, checksum = '${empty}', applied_at = NULL WHERE number = 1`,
  );
  await database.pool.query('DROP TABLE b');
  expect((await migrate(database.address, folder)).applied).toEqual(['0001_a.sql', '0002_c.sql']);
  expect(await tables()).toEqual(['a', 'b', 'c', 'schema_migrations']);
});
