import type { Command } from 'commander';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLimit, withReason, type OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';

interface ErasureItem {
  id: string;
  state: 'asked' | 'erasing' | 'done';
  asked_by: string;
  asked_at: string;
  settled_at: string | null;
  reason: string;
  devices: number;
  inventory_rows: number;
  told: boolean;
}

interface TombstonePage {
  keys: string[];
  items: object[];
  next_cursor: string | null;
}

interface EraseTools extends Pick<OperatorTools, 'api' | 'answer'> {
  say: (line: string) => void;
  /** Asks the person at the terminal; null when there is none. */
  ask?: (question: string) => Promise<string | null>;
}

const ERASURES = '/v1/erasures';
const TOMBSTONES = `${ERASURES}/tombstones`;
const TOMBSTONES_A_PAGE = 500;
const POLL_MS = 1000;

const COLUMNS: readonly Column<ErasureItem>[] = [
  ['id', ({ id }) => id],
  ['state', ({ state }) => state],
  ['asked at', ({ asked_at: at }) => at],
  ['done at', ({ settled_at: at }) => at],
  ['devices', ({ devices }) => devices],
  ['asked by', ({ asked_by: by }) => by],
  ['reason', ({ reason }) => shortened(reason, 50)],
];

/** `erase`, `erasures list | show | export | import`. */
export function addEraseVerbs(program: Command, { api, answer, say, ask = askAtTerminal }: EraseTools): void {
  withReason(program.command('erase'))
    .description(
      'erases a device: state, timeline, history, what waits of it; what it sends later begins a new one',
    )
    .argument('<serial>', 'its serial number')
    .option('--oui <oui>', 'of one of several devices with this serial number')
    .option('--product-class <class>', 'as --oui')
    .option('--all', 'all devices with this serial number')
    .option('--inventory', 'its box, keys and line in the inventory as well')
    .option('--wait', 'until nothing is left')
    .option('--yes', 'without asking')
    .action(
      async (
        device: string,
        {
          yes,
          wait,
          productClass,
          ...wish
        }: { yes?: true; wait?: true; productClass?: string; reason: string },
      ) => {
        if (yes !== true) await confirm(device, ask);
        const named = productClass === undefined ? {} : { product_class: productClass };
        const asked = await api().post<ErasureItem>(ERASURES, { device, ...named, ...wish });
        const end = wait === true ? await follow(asked) : asked;
        answer(end, ({ id, state, devices }) =>
          state === 'done'
            ? `erased: ${devices} device${devices === 1 ? '' : 's'}, nothing is left of it (erasure ${id})`
            : `erasure ${id}: ${state}. See how far it is: npm run cpemon -- erasures show ${id}`,
        );
      },
    );

  const follow = async (asked: ErasureItem): Promise<ErasureItem> => {
    let now = asked;
    while (now.state !== 'done') {
      await sleep(POLL_MS);
      now = await api().get<ErasureItem>(`${ERASURES}/${encodeURIComponent(asked.id)}`);
    }
    return now;
  };

  const verbs = program
    .command('erasures')
    .description('what was erased, and the tombstones that keep it so');

  withLimit(verbs.command('list'))
    .description('lists erasures, the newest first; they name no device')
    .option('--state <state>', 'asked, erasing or done')
    .action(async ({ limit, ...query }: { limit: number; state?: string }) => {
      const page = await api().list<ErasureItem>(ERASURES, query, limit);
      answer(page, ({ items }) => textTable(items, COLUMNS, 'Nothing was erased.'));
    });

  verbs
    .command('show')
    .description('shows how far an erasure is')
    .argument('<id>')
    .action(async (id: string) =>
      answer(await api().get<Record<string, unknown>>(`${ERASURES}/${encodeURIComponent(id)}`), textFacts),
    );

  verbs
    .command('export')
    .description('writes the tombstones into a file, to be kept beside the backups and as safe as they are')
    .argument('<file>')
    .action(async (file: string) => {
      const kept: Omit<TombstonePage, 'next_cursor'> = { keys: [], items: [] };
      for (let cursor: string | null | undefined; cursor !== null;) {
        const limit = String(TOMBSTONES_A_PAGE);
        const page: TombstonePage = await api().post(
          `${TOMBSTONES}/export`,
          cursor === undefined ? { limit } : { limit, cursor },
        );
        kept.keys = page.keys;
        kept.items.push(...page.items);
        cursor = page.next_cursor;
      }
      await writeFile(file, `${JSON.stringify(kept)}\n`, { mode: 0o600 });
      say(`Written: ${file}, ${kept.items.length} tombstones`);
    });

  verbs
    .command('import')
    .description('after a restore: brings tombstones back and erases again what the backup held')
    .argument('<file>')
    .action(async (file: string) => {
      const { keys, items } = readTombstones(await readFile(file, 'utf8'), file);
      for (let first = 0; first < items.length; first += TOMBSTONES_A_PAGE) {
        await api().post(`${TOMBSTONES}/import`, {
          keys,
          items: items.slice(first, first + TOMBSTONES_A_PAGE),
        });
      }
      let erased = 0;
      for (let cursor: string | null | undefined; cursor !== null;) {
        const step: { erased: number; next_cursor: string | null } = await api().post(
          `${TOMBSTONES}/apply`,
          cursor === undefined ? {} : { cursor },
        );
        erased += step.erased;
        cursor = step.next_cursor;
      }
      say(
        `${items.length} tombstones brought back; ${erased} serial numbers were there again and are being erased`,
      );
    });
}

/** @throws Error when it was not confirmed */
async function confirm(device: string, ask: NonNullable<EraseTools['ask']>): Promise<void> {
  const typed = await ask(
    `Everything of ${device} goes, and nothing brings it back. Type its serial number: `,
  );
  if (typed === null) throw new Error('Nobody is there to confirm it: add --yes.');
  if (typed.trim() !== device.trim()) throw new Error('That is not its serial number. Nothing was erased.');
}

async function askAtTerminal(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** @throws Error with a sentence when the file is none that `export` wrote */
function readTombstones(text: string, file: string): { keys: string[]; items: object[] } {
  try {
    const { keys, items } = JSON.parse(text) as { keys: unknown; items: unknown };
    if (Array.isArray(keys) && Array.isArray(items))
      return { keys: keys as string[], items: items as object[] };
  } catch {
    // Told below, as any other file that holds no tombstones.
  }
  throw new Error(`${file} holds no tombstones.`);
}
