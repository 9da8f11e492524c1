import type { Command } from 'commander';
import { timeOption, withGroup, withLimit, type OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';

interface DeadLetterItem {
  position: string;
  state: string;
  device: string;
  reason: string;
  cause: string;
  attempts: number;
  type: string;
  dead_at: string;
  asked_by: string | null;
}

const COLUMNS: readonly Column<DeadLetterItem>[] = [
  ['position', ({ position }) => position],
  ['state', ({ state }) => state],
  ['device', ({ device }) => device],
  ['dead at', ({ dead_at: at }) => at],
  ['attempts', ({ attempts }) => attempts],
  ['reason', ({ reason }) => reason],
  ['type', ({ type }) => type],
  ['asked by', ({ asked_by: by }) => by],
  ['cause', ({ cause }) => shortened(cause, 70)],
];

const FILTERS = ['state', 'device', 'reason', 'type', 'cause', 'from', 'until'] as const;
type Filter = Partial<Record<(typeof FILTERS)[number], string>>;
type Options = Filter & { group?: string };

const PATH = '/v1/dead-letters';

/** `dead-letters list | show | requeue | discard`. */
export function addDeadLetterVerbs(program: Command, { api, answer, now }: OperatorTools): void {
  const verbs = program
    .command('dead-letters')
    .description('events that were given up: looks at them, applies them after all, or discards them');

  const withFilters = (command: Command): Command =>
    withGroup(command)
      .option('--device <sn>', 'of this device')
      .option('--reason <reason>', 'refused, data_error or unknown_type')
      .option('--type <type>', 'of this type of event')
      .option('--cause <text>', 'whose cause holds this text')
      .option('--from <time>', 'that died since: a time, or 2h for two hours ago', timeOption(now))
      .option('--until <time>', 'that died before', timeOption(now));

  withLimit(withFilters(verbs.command('list')))
    .description('lists dead letters, the newest first')
    .option('--state <state>', 'dead, requeue, discard, applied or discarded')
    .action(async ({ limit, ...query }: Options & { limit: number }) => {
      const page = await api().list<DeadLetterItem>(PATH, query, limit);
      answer(page, ({ items }) => textTable(items, COLUMNS, 'No dead letters.'));
    });

  withGroup(verbs.command('show'))
    .description('shows one with its cause, its origin and its event')
    .argument('<position>', '<generation>-<lane>-<sequence>')
    .action(async (position: string, { group }: Options) => {
      answer(
        await api().get<Record<string, unknown>>(`${PATH}/${encodeURIComponent(position)}`, { group }),
        textFacts,
      );
    });

  for (const [wish, description] of [
    ['requeue', 'has dead letters applied, each at its place in the log'],
    ['discard', 'gives dead letters up for good'],
  ] as const) {
    withFilters(verbs.command(wish))
      .description(`${description}: those named, those that match, or all`)
      .argument('[positions...]', '<generation>-<lane>-<sequence>')
      .option('--all', 'all that are dead')
      .action(
        async (
          positions: string[],
          { all, group, ...filter }: Options & { all?: true },
          command: Command,
        ) => {
          const filtered = FILTERS.some((name) => filter[name] !== undefined);
          if ([positions.length > 0, all === true, filtered].filter(Boolean).length !== 1) {
            command.error('error: name positions, or what they match, or --all');
          }
          const [first, ...more] = positions;
          if (first !== undefined && more.length === 0) {
            const path = `${PATH}/${encodeURIComponent(first)}/${wish}`;
            return answer(
              await api().post<DeadLetterItem>(path, { ...(group && { group }) }),
              ({ position }) => `${position}: asked to ${wish}`,
            );
          }
          const chosen = filtered ? { filter } : all === true ? { all } : { positions };
          const asked = await api().post<{ asked: number }>(`${PATH}/${wish}`, {
            ...chosen,
            ...(group && { group }),
          });
          answer(asked, (many) => `${many.asked} dead letters: asked to ${wish}`);
        },
      );
  }
}
