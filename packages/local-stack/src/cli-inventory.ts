import { InvalidArgumentError, type Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorTools } from './operator-verbs.js';
import { textTable, type Column } from './text-table.js';

interface ImportAnswer {
  id: string;
  state: 'running' | 'done' | 'failed' | 'interrupted';
  problem: string | null;
  note: string | null;
  actor: string;
  started_at: string;
  progress: number;
  rows: number;
  counts: Record<string, number>;
  told: boolean;
}

const IMPORTS = '/v1/inventory/imports';
const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  tsv: 'text/csv',
  txt: 'text/csv',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
};
const OUTCOMES = ['changed', 'unmatched', 'ambiguous', 'refused'];
const POLL_MS = 1000;

const COLUMNS: readonly Column<ImportAnswer>[] = [
  ['import', ({ id }) => id],
  ['state', ({ state }) => state],
  ['started', ({ started_at: at }) => at],
  ['by', ({ actor }) => actor],
  ['rows', ({ rows }) => rows],
  ['told', ({ counts }) => countsText(counts)],
];

/** `inventory import | imports | rows | find`. */
export function addInventoryVerbs(
  program: Command,
  { api, answer, say }: Pick<OperatorTools, 'api' | 'answer'> & { say: (line: string) => void },
): void {
  const verbs = program.command('inventory').description('boxes, lines, their keys and labels');

  verbs
    .command('import')
    .description('imports a file of rows: CSV with column names, a JSON list, or JSON line by line')
    .argument('<file>', 'its name ends in .csv, .json or .ndjson')
    .option('--id <id>', 'name of the import; one is made up when left out')
    .action(async (file: string, { id }: { id?: string }) => {
      const type = TYPES[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
      if (type === undefined) throw new InvalidArgumentError('The name must end in .csv, .json or .ndjson.');
      await access(file);
      const begun = await api().upload<{ id: string }>(IMPORTS, { id }, { path: file, type });
      const done = await follow(begun.id, say);
      answer(done, () => `${done.state}: ${done.rows} rows, ${countsText(done.counts)}`);
      if (done.state !== 'done') throw new Error(done.problem ?? `The import is ${done.state}.`);
      if (done.note !== null) say(done.note);
      if (OUTCOMES.some((outcome) => (done.counts[outcome] ?? 0) > 0)) {
        say(`Rows to look at: npm run cpemon -- inventory rows ${begun.id} --out FILE`);
      }
    });

  const follow = async (id: string, progress: (line: string) => void): Promise<ImportAnswer> => {
    let shown = -1;
    for (;;) {
      const now = await api().get<ImportAnswer>(`${IMPORTS}/${encodeURIComponent(id)}`);
      if (now.state !== 'running') return now;
      const tenth = Math.floor(now.progress * 10);
      if (tenth > shown) progress(`${tenth * 10} %  ${now.rows} rows`);
      shown = Math.max(shown, tenth);
      await sleep(POLL_MS);
    }
  };

  verbs
    .command('imports')
    .description('lists the last imports, the newest first')
    .action(async () => {
      const list = await api().get<{ items: ImportAnswer[] }>(IMPORTS);
      answer(list, ({ items }) => textTable(items, COLUMNS, 'There was no import yet.'));
    });

  verbs
    .command('rows')
    .description('writes the rows of an import that somebody has to look at into a file of CSV')
    .argument('<import>')
    .requiredOption('--out <file>', 'file to be written')
    .option('--outcome <outcome>', OUTCOMES.join(', '))
    .action(async (id: string, { out, outcome }: { out: string; outcome?: string }) => {
      const body = await api().download(`${IMPORTS}/${encodeURIComponent(id)}/rows`, {
        format: 'csv',
        outcome,
      });
      await pipeline(Readable.fromWeb(body as never), createWriteStream(out));
      say(`Written: ${out}`);
    });

  verbs
    .command('find')
    .description('shows what the inventory knows by a serial number, service or any other key')
    .argument('<key>')
    .action(async (key: string) => {
      const found = await api().get<object>('/v1/inventory/find', { key });
      answer(found, (value) => JSON.stringify(value, null, 2));
    });
}

const countsText = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'nothing';
