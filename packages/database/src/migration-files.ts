import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One `NNNN_name.sql`, split into the statements that the server gets one by one. */
export interface MigrationFile {
  number: number;
  /** File name, such as `0001_event_log.sql`. */
  name: string;
  statements: Statement[];
}

export interface Statement {
  sql: string;
  /** Line of the file at which it begins, from 1. */
  line: number;
}

/** @throws Error naming the file that breaks the numbering or cannot be split */
export function readMigrationFiles(folder: string): MigrationFile[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}_.*\.sql$/.test(name));
  return names.sort().map((name, index) => {
    const number = Number(name.slice(0, 4));
    if (number !== index + 1) {
      const wanted = String(index + 1).padStart(4, '0');
      throw new Error(
        number <= index
          ? `Migrations ${names[index - 1]} and ${name} have the same number`
          : `Migration ${wanted} is missing: ${name} follows number ${String(index).padStart(4, '0')} in ${folder}`,
      );
    }
    return { number, name, statements: splitStatements(readFileSync(join(folder, name), 'utf8'), name) };
  });
}

/**
 * A statement ends at a line that ends with `;`. A line `-- procedure` begins one that ends at a line `//` instead.
 * Comments stay with the statement that follows them.
 */
export function splitStatements(text: string, name: string): Statement[] {
  const statements: Statement[] = [];
  let lines: string[] = [];
  let firstLine = 0;
  let inProcedure = false;

  const finish = () => {
    statements.push({ sql: lines.join('\n').trim(), line: firstLine });
    lines = [];
    inProcedure = false;
  };

  text.split(/\r?\n/).forEach((rawLine, index) => {
    const line = rawLine.trimEnd();
    const isCode = line !== '' && !line.trimStart().startsWith('--');
    const started = lines.some((earlier) => !isComment(earlier));
    if (line === '-- procedure') {
      if (started) throw new Error(`${name}:${index + 1}: the statement before "-- procedure" is not ended`);
      inProcedure = true;
      return;
    }
    if (isCode && !started) firstLine = index + 1;
    if (inProcedure && line === '//') return finish();
    if (line !== '' || lines.length > 0) lines.push(line);
    if (!inProcedure && isCode && line.endsWith(';')) {
      lines[lines.length - 1] = line.slice(0, -1);
      finish();
    }
  });
  if (inProcedure) throw new Error(`${name}: a "-- procedure" block has no line "//" that ends it`);
  if (lines.some((line) => !isComment(line))) {
    throw new Error(`${name}:${firstLine}: the last statement has no ";" at the end of a line`);
  }
  return statements;
}

/** sha256 of the first `count` statements, in hex. Blank lines between statements do not count. */
export function checksum(file: MigrationFile, count: number): string {
  const hash = createHash('sha256');
  for (const { sql } of file.statements.slice(0, count)) hash.update(sql).update('\0');
  return hash.digest('hex');
}

function isComment(line: string): boolean {
  return line.trim() === '' || line.trimStart().startsWith('--');
}
