import { InvalidArgumentError, type Command } from 'commander';
import { timeOption, withGroup, withLimit, withReason, type OperatorTools } from './operator-verbs.js';
import { shortened, textFacts, textTable, type Column } from './text-table.js';
import { wholeNumber } from './start-options.js';

interface ReplayItem {
  id: number;
  state: string;
  from: string;
  until: string;
  passed_events: number;
  left_out_events: number;
  failed_events: number;
  waiting_events: number;
  asked_by: string;
  reason: string;
}

const REPLAY_COLUMNS: readonly Column<ReplayItem>[] = [
  ['id', ({ id }) => id],
  ['state', ({ state }) => state],
  ['from', ({ from }) => from],
  ['until', ({ until }) => until],
  ['passed', ({ passed_events: events }) => events],
  ['left out', ({ left_out_events: events }) => events],
  ['failed', ({ failed_events: events }) => events],
  ['waiting', ({ waiting_events: events }) => events],
  ['asked by', ({ asked_by: by }) => by],
  ['reason', ({ reason }) => shortened(reason, 50)],
];

interface RebuildItem {
  id: number;
  generation: number;
  lane: number;
  state: string;
  applied_sequence: number;
  until_sequence: number | null;
  asked_by: string;
  detail: string;
  reason: string;
}

const REBUILD_COLUMNS: readonly Column<RebuildItem>[] = [
  ['id', ({ id }) => id],
  ['generation', ({ generation }) => generation],
  ['lane', ({ lane }) => lane],
  ['state', ({ state }) => state],
  ['applied', ({ applied_sequence: applied }) => applied],
  ['until', ({ until_sequence: until }) => until],
  ['asked by', ({ asked_by: by }) => by],
  ['reason', ({ reason }) => shortened(reason, 50)],
  ['detail', ({ detail }) => shortened(detail, 70)],
];

const LARGEST_ID = 999_999_999;

/** `replay start | list | show | stop`. */
export function addReplayVerbs(program: Command, { api, answer, now }: OperatorTools): void {
  const verbs = program
    .command('replay')
    .description('applies a stretch of the log once more, beside the live stream');

  withReason(withGroup(verbs.command('start')))
    .description('starts a replay')
    .requiredOption('--from <time>', 'first event: a time, or 1h for an hour ago', timeOption(now))
    .option('--until <time>', 'before this time; now when left out', timeOption(now))
    .action(async (wish: { from: string; until?: string; reason: string; group?: string }) => {
      answer(
        await api().post<ReplayItem>('/v1/replay', wish),
        ({ id, state, waiting_events: waiting }) => `replay ${id}: ${state}, ${waiting} events to pass`,
      );
    });

  withLimit(withGroup(verbs.command('list')))
    .description('lists replays, the newest first')
    .action(async ({ limit, group }: { limit: number; group?: string }) => {
      const page = await api().list<ReplayItem>('/v1/replay', { group }, limit);
      answer(page, ({ items }) => textTable(items, REPLAY_COLUMNS, 'No replays.'));
    });

  verbs
    .command('show')
    .description('shows one replay, its lanes, and the events that failed in it')
    .argument('<id>', 'number of the replay', wholeNumber(1, LARGEST_ID))
    .action(async (id: number) =>
      answer(await api().get<Record<string, unknown>>(`/v1/replay/${id}`), textFacts),
    );

  verbs
    .command('stop')
    .description('stops a replay where it is; what it has rewritten stays')
    .argument('<id>', 'number of the replay', wholeNumber(1, LARGEST_ID))
    .action(async (id: number) =>
      answer(await api().post<ReplayItem>(`/v1/replay/${id}/stop`), ({ state }) => `replay ${id}: ${state}`),
    );
}

/** `rebuild start | list`. */
export function addRebuildVerbs(program: Command, { api, answer }: OperatorTools): void {
  const verbs = program
    .command('rebuild')
    .description('clears the state of lanes and makes it again from the start of the log');

  withReason(withGroup(verbs.command('start')))
    .description('starts a rebuild')
    .option('--lanes <numbers>', 'of these lanes, separated by commas', laneNumbers)
    .option('--all', 'of every lane')
    .action(
      async (wish: { lanes?: number[]; all?: true; reason: string; group?: string }, command: Command) => {
        if ((wish.lanes === undefined) === (wish.all === undefined))
          command.error('error: name --lanes, or --all');
        const asked = await api().post<{ items: RebuildItem[] }>('/v1/rebuild', wish);
        answer(asked, ({ items }) => textTable(items, REBUILD_COLUMNS, 'No lanes.'));
      },
    );

  withLimit(withGroup(verbs.command('list')))
    .description('lists rebuilds, the newest first')
    .action(async ({ limit, group }: { limit: number; group?: string }) => {
      const page = await api().list<RebuildItem>('/v1/rebuild', { group }, limit);
      answer(page, ({ items }) => textTable(items, REBUILD_COLUMNS, 'No rebuilds.'));
    });
}

function laneNumbers(text: string): number[] {
  if (!/^\d{1,5}(,\d{1,5})*$/.test(text)) throw new InvalidArgumentError('Lanes are numbers: 0,3,7.');
  return [...new Set(text.split(',').map(Number))];
}
