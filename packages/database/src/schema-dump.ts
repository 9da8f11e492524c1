import type { Connection } from './connection.js';

type Row = Record<string, string>;

/**
 * The schema as SQL text that is the same whichever server, user and history made it: tables, views and routines in
 * order of their names, without counters, definers and the notes of the session.
 */
export async function dumpSchema(connection: Connection): Promise<string> {
  const [[session]] = (await connection.query('SELECT DATABASE() AS name')) as unknown as [[Row]];
  const qualifier = `\`${session.name}\`.`;
  const [rows] = await connection.query('SHOW FULL TABLES');
  const names = (rows as Row[]).map((row) => Object.values(row) as [string, string]).sort(byName);
  const parts: string[] = [];
  for (const [name, kind] of names) {
    if (name === 'schema_migrations') continue;
    const statement = kind === 'VIEW' ? 'VIEW' : 'TABLE';
    const [[created]] = (await connection.query(`SHOW CREATE ${statement} \`${name}\``)) as unknown as [
      [Row],
    ];
    const text = created[statement === 'VIEW' ? 'Create View' : 'Create Table']!;
    parts.push(`${statement === 'VIEW' ? normaliseView(text) : normaliseTable(text)};\n`);
  }
  for (const kind of ['PROCEDURE', 'FUNCTION'] as const)
    parts.push(...(await dumpRoutines(connection, kind)));
  return parts.join('\n').replaceAll(qualifier, '');
}

async function dumpRoutines(connection: Connection, kind: 'PROCEDURE' | 'FUNCTION'): Promise<string[]> {
  const [rows] = await connection.query(
    `SELECT routine_name AS name FROM information_schema.routines
      WHERE routine_schema = DATABASE() AND routine_type = ? ORDER BY routine_name`,
    [kind],
  );
  const column = kind === 'PROCEDURE' ? 'Create Procedure' : 'Create Function';
  const parts: string[] = [];
  for (const { name } of rows as Row[]) {
    const [[created]] = (await connection.query(`SHOW CREATE ${kind} \`${name}\``)) as unknown as [[Row]];
    parts.push(`-- procedure\n${withoutDefiner(created[column]!)}\n//\n`);
  }
  return parts;
}

function normaliseTable(text: string): string {
  return text.replace(/ AUTO_INCREMENT=\d+/g, '').replace(/\/\*!\d+ ?|\*\//g, '');
}

/** The server stores a view as one long line; broken at its clauses a change shows as a line. */
function normaliseView(text: string): string {
  return withoutDefiner(text)
    .replace(/CREATE ALGORITHM=\w+ /, 'CREATE ')
    .replace(/( AS `\w+`,)(?=\S)/g, '$1\n  ')
    .replace(/ (from|join|left join|where|group by|order by) /g, '\n$1 ');
}

function withoutDefiner(text: string): string {
  return text.replace(/ DEFINER=`[^`]*`@`[^`]*`/, '');
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
