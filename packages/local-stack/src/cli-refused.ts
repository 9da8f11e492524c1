import type { Command } from 'commander';
import { createOperatorApi, type ApiAddress } from './operator-api.js';
import type { OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';

/** One process whose operations port can be asked. */
export interface RefusedSource extends ApiAddress {
  /** "acs-ingest-2". */
  name: string;
}

interface RefusedItem {
  id: number;
  at: string;
  path: string;
  code: string;
  detail: string;
  address: string;
  content_type: string;
  bytes: number;
  body?: string;
}

interface Located extends RefusedItem {
  process: string;
}

const COLUMNS: readonly Column<Located>[] = [
  ['process', ({ process }) => process],
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['path', ({ path }) => path],
  ['code', ({ code }) => code],
  ['address', ({ address }) => address],
  ['content type', ({ content_type: type }) => shortened(type, 30)],
  ['bytes', ({ bytes }) => bytes],
  ['detail', ({ detail }) => shortened(detail, 60)],
];

/** `refused list | show`. */
export function addRefusedVerbs(
  program: Command,
  { answer, sources }: Pick<OperatorTools, 'answer'> & { sources: () => RefusedSource[] },
): void {
  const verbs = program
    .command('refused')
    .description('bodies that were refused, without their secrets, where KEEP_REFUSED_BODIES keeps them');

  verbs
    .command('list')
    .description('lists what each process keeps, the newest last')
    .action(async () => {
      const lists = await Promise.all(
        sources().map(async ({ name, ...address }) => {
          const { items } = await createOperatorApi(address).get<{ items: RefusedItem[] }>('/refused-bodies');
          return items.map((item): Located => ({ process: name, ...item }));
        }),
      );
      const items = lists.flat().sort((one, other) => one.at.localeCompare(other.at));
      answer({ items }, () => textTable(items, COLUMNS, 'No refused body is kept.'));
    });

  verbs
    .command('show')
    .description('shows one of them; --body prints nothing else, for a file that can be sent again')
    .argument('<id>', 'its number')
    .option('--process <name>', 'as the list names it; any that has one of that number when left out')
    .option('--body', 'the body alone')
    .action(async (id: string, wish: { process?: string; body?: true }) => {
      const asked = sources().filter(({ name }) => wish.process === undefined || name === wish.process);
      const item = await firstKept(asked, `/refused-bodies/${encodeURIComponent(id)}`);
      answer(item, ({ body = '', ...facts }) =>
        wish.body === true ? body : `${textFacts(facts)}\n\n${body}`,
      );
    });
}

/** @throws RefusedError of the last one asked when nobody keeps it */
async function firstKept(sources: readonly RefusedSource[], path: string): Promise<RefusedItem> {
  let failure: unknown = new Error('No process of that name keeps refused bodies.');
  for (const source of sources) {
    try {
      return await createOperatorApi(source).get<RefusedItem>(path);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
