import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HealthRulesError, readHealthRulesText, type HealthRulesText } from '@cpemon/contracts';
import { connect, parseDatabaseUrl } from '@cpemon/database';
import { problemText } from '@cpemon/domain';
import type { Command } from 'commander';
import type { OperatorTools } from './operator-verbs.js';
import { backtest, type BacktestReport } from './rules/backtest.js';
import type { StackFile } from './stack-file.js';
import { wholeNumber } from './start-options.js';
import { textTable } from './text-table.js';

export interface RulesTools extends Pick<OperatorTools, 'answer' | 'now'> {
  environment: NodeJS.ProcessEnv;
  folder: string;
  stack: () => StackFile;
}

/** As long as the longest retention of samples. */
const MOST_DAYS = 90;
const USUAL_DAYS = 7;

/** `rules check | backtest`. */
export function addRulesVerbs(
  program: Command,
  { answer, now, environment, folder, stack }: RulesTools,
): void {
  const verbs = program
    .command('rules')
    .description('health rules: whether they can be used, what they would find');

  verbs
    .command('check')
    .description('reads a file of health rules and lists everything that is wrong with it')
    .argument('<file>', 'YAML or JSON')
    .action((file: string) => {
      const { version, rules } = rulesOf(resolve(folder, file));
      answer(
        { version, rules: rules.length },
        () => `${rules.length} rules, version ${version}: can be used.`,
      );
    });

  verbs
    .command('backtest')
    .description(
      'applies a file of health rules to the history that is kept, and tells what would have opened',
    )
    .argument('<file>', 'YAML or JSON')
    .option('--days <n>', 'how far back', wholeNumber(1, MOST_DAYS), USUAL_DAYS)
    .addHelpText(
      'after',
      '\nEnvironment, where no stack runs here: DATABASE_URL, of a login that may read the tables of devices and history.',
    )
    .action(async (file: string, { days }: { days: number }) => {
      const text = rulesOf(resolve(folder, file));
      const given = environment['DATABASE_URL'] ?? '';
      const url =
        program.getOptionValueSource('data') !== 'cli' && given !== '' ? given : stack().database.url;
      const connection = await connect(parseDatabaseUrl(url), {});
      try {
        answer(await backtest(connection, text, { days, now: now() }), backtestText);
      } finally {
        connection.destroy();
      }
    });
}

/** @throws Error with a line a problem */
function rulesOf(file: string): HealthRulesText {
  try {
    return readHealthRulesText(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof HealthRulesError)) throw error;
    const lines = error.problems.map(problemText);
    throw new Error(`${file} cannot be used:\n${lines.join('\n')}`, { cause: error });
  }
}

function backtestText(report: BacktestReport): string {
  const days = Object.keys(report.notifications_by_day).sort();
  const all = [
    ...new Set([...days, ...report.rules.flatMap(({ by_day: byDay }) => Object.keys(byDay))]),
  ].sort();
  const { from, to, samples, devices, devices_with_history: heard } = report;
  const notifications = Object.values(report.notifications_by_day).reduce((sum, count) => sum + count, 0);
  return [
    `${from} to ${to}: ${samples} samples of ${heard} of ${devices} devices`,
    textTable(
      report.rules,
      [
        ['rule', ({ name }) => name],
        ['severity', ({ severity }) => severity],
        ['opened', ({ opened }) => opened],
        ['devices', (rule) => rule.devices],
        ['still open', ({ still_open: open }) => open],
        ...all.map((day) => [day, (rule: BacktestReport['rules'][number]) => rule.by_day[day] ?? 0] as const),
      ],
      'No rules.',
    ),
    `Critical ones, which notify unless a group alarm holds them: ${notifications}`,
    ...days.map((day) => `  ${day}  ${report.notifications_by_day[day]}`),
  ].join('\n');
}
