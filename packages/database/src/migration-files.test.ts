import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrationFiles, splitStatements } from './migration-files.js';

const split = (text: string) => splitStatements(text, 'f.sql');

test('a statement ends at a line that ends with a semicolon, and keeps the comment above it', () => {
  expect(split('-- One; two;\nCREATE TABLE a (\n  x INT\n);\n\nSELECT 1;\n')).toEqual([
    { sql: '-- One; two;\nCREATE TABLE a (\n  x INT\n)', line: 2 },
    { sql: 'SELECT 1', line: 6 },
  ]);
});

test('a procedure block ends at a line of two slashes', () => {
  expect(split('-- procedure\nCREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND\n//\nSELECT 2;\n')).toEqual([
    { sql: 'CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND', line: 2 },
    { sql: 'SELECT 2', line: 7 },
  ]);
});

test('what is not ended is refused with its place', () => {
  expect(() => split('SELECT 1;\nSELECT 2')).toThrow('f.sql:2: the last statement has no ";"');
  expect(() => split('-- procedure\nBEGIN;\n')).toThrow('f.sql: a "-- procedure" block has no line "//"');
  expect(() => split('SELECT 1\n-- procedure\n//\n')).toThrow('f.sql:2: the statement before "-- procedure"');
});

test('a file of comments has no statements', () => {
  expect(split('-- nothing yet\n\n')).toEqual([]);
});

test('two files of one number are refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-files-'));
  writeFileSync(join(folder, '0001_a.sql'), 'SELECT 1;');
  writeFileSync(join(folder, '0001_b.sql'), 'SELECT 1;');
  expect(() => readMigrationFiles(folder)).toThrow(
    'Migrations 0001_a.sql and 0001_b.sql have the same number',
  );
  rmSync(folder, { recursive: true });
});
