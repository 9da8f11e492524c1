import { connect, parseDatabaseUrl } from '@cpemon/database';
import { InvalidArgumentError, type Command } from 'commander';
import type { OperatorTools } from './operator-verbs.js';
import { wholeNumber } from './start-options.js';
import { textFacts, textTable } from './text-table.js';
import type { StackFile } from './stack-file.js';
import { openSimulatorTruth } from './verify/truth-reader.js';
import { verify, type VerifyReport } from './verify/verify.js';

/** `verify`: compares what simulators know of their traffic with the database. */
export function addVerifyVerb(
  program: Command,
  { answer, now, stack }: Pick<OperatorTools, 'answer' | 'now'> & { stack: () => StackFile },
): void {
  program
    .command('verify')
    .description('compares what the simulator sent and was told with what is stored; fails unless all agree')
    .option('--simulator <url>', 'control port of a further simulator, any number of times', collectUrl, [])
    .option('--wait <seconds>', 'for senders and backlog to come to rest', wholeNumber(1, 3600), 60)
    .action(async ({ simulator, wait }: { simulator: string[]; wait: number }) => {
      const { processes, database } = stack();
      const own = processes.flatMap(({ name, url }) =>
        name === 'cpe-simulator' && url !== undefined ? [url] : [],
      );
      const urls = [...new Set([...own, ...simulator])];
      if (urls.length === 0) throw new Error('No simulator is running: name one with --simulator URL');
      const connection = await connect(parseDatabaseUrl(database.url), {});
      try {
        const report = await verify({
          simulators: urls.map(openSimulatorTruth),
          connection,
          waitMs: wait * 1000,
          now,
        });
        answer(report, verifyText);
        if (!report.agree) throw new Error('They do not agree.');
      } finally {
        connection.destroy();
      }
    });
}

function collectUrl(text: string, before: string[]): string[] {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('A URL such as http://127.0.0.1:8083');
  return [...before, text];
}

function verifyText({
  totals,
  differences,
  lanes_with_holes: holes,
  count_drift: drift,
  unsettled,
}: VerifyReport): string {
  const lines = [textFacts({ ...totals })];
  if (unsettled !== undefined) lines.push(`Not at rest: ${unsettled}`);
  if (holes.length > 0) lines.push(`Lanes with holes: ${holes.join(', ')}`);
  lines.push(...drift);
  if (differences.length > 0) {
    const table = textTable(
      differences,
      [
        ['device', ({ serialNumber }) => serialNumber],
        ['kind', ({ kind }) => kind],
        ['detail', ({ detail }) => detail],
      ],
      '',
    );
    lines.push(table);
  }
  return lines.join('\n');
}
