import type { Command } from 'commander';
import { timeOption, withGroup, withLimit, withReason, type OperatorTools } from './operator-verbs.js';
import { wholeNumber } from './start-options.js';
import { shortened, textTable, type Column } from './text-table.js';

interface SkipAnswer {
  generation: number;
  lane: number;
  to: number;
}

interface OpenedAnswer {
  generation: number;
  lanes: number;
  sealed: number;
}

interface AuditItem {
  at: string;
  actor: string;
  action: string;
  target: string;
  outcome: string;
  detail: Record<string, unknown>;
}

const AUDIT_COLUMNS: readonly Column<AuditItem>[] = [
  ['at', ({ at }) => at],
  ['actor', ({ actor }) => actor],
  ['action', ({ action }) => action],
  ['target', ({ target }) => shortened(target, 40)],
  ['outcome', ({ outcome }) => outcome],
  ['detail', ({ detail }) => shortened(JSON.stringify(detail), 90)],
];

const MOST_LANES = 1024;

/** `log skip | generation | restored`. */
export function addLogVerbs(program: Command, { api, answer }: OperatorTools): void {
  const verbs = program.command('log').description('the event log itself');

  withReason(withGroup(verbs.command('skip')))
    .description('moves a lane past a hole in the log; nothing that is in the log is skipped')
    .requiredOption('--lane <n>', 'number of the lane', wholeNumber(0, 65_535))
    .requiredOption(
      '--to <sequence>',
      'the last sequence of the hole',
      wholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--generation <n>', 'the one being applied when left out', wholeNumber(1, 4_294_967_295))
    .action(
      async (wish: { lane: number; to: number; generation?: number; reason: string; group?: string }) => {
        answer(
          await api().post<SkipAnswer>('/v1/log/skip', wish),
          ({ generation, lane, to }) => `asked to skip lane ${lane} of generation ${generation} to ${to}`,
        );
      },
    );

  const opened = ({ generation, lanes, sealed }: OpenedAnswer): string =>
    `generation ${generation} with ${lanes} lanes is open; ${sealed} takes no more events`;

  withReason(verbs.command('generation'))
    .description('goes on with another number of lanes, in a new generation of the log')
    .requiredOption('--lanes <n>', `1 to ${MOST_LANES}`, wholeNumber(1, MOST_LANES))
    .action(async (wish: { lanes: number; reason: string }) =>
      answer(await api().post<OpenedAnswer>('/v1/log/generation', wish), opened),
    );

  withReason(verbs.command('restored'))
    .description('after a backup was restored, before events are taken again: opens a new generation')
    .action(async (wish: { reason: string }) =>
      answer(await api().post<OpenedAnswer>('/v1/log/restored', wish), opened),
    );
}

/** `audit`. */
export function addAuditVerb(program: Command, { api, answer, now }: OperatorTools): void {
  withLimit(program.command('audit'))
    .description('lists what operators did and what came of it, the newest first')
    .option('--actor <name>', 'by this operator')
    .option('--action <action>', 'such as dead_letters.requeue or replay.start')
    .option('--from <time>', 'since: a time, or 2h for two hours ago', timeOption(now))
    .option('--until <time>', 'before', timeOption(now))
    .action(
      async ({
        limit,
        ...query
      }: {
        limit: number;
        actor?: string;
        action?: string;
        from?: string;
        until?: string;
      }) => {
        const page = await api().list<AuditItem>('/v1/audit', query, limit);
        answer(page, ({ items }) => textTable(items, AUDIT_COLUMNS, 'Nobody has done anything.'));
      },
    );
}
