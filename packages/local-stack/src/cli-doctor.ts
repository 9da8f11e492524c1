import type { Command } from 'commander';
import { readEnvironment, readProgramsEnvironment } from './config.js';
import { examineAll } from './doctor/doctor.js';
import type { Finding } from './doctor/finding.js';

export interface DoctorTools {
  environment: NodeJS.ProcessEnv;
  migrationsFolder: string;
  dataFolder: () => string;
  /** Prints a value, as JSON where that is asked for. */
  answer: <T>(value: T, text: (value: T) => string) => void;
}

const MARKS: Record<Finding['state'], string> = { good: 'ok  ', warning: 'warn', bad: 'BAD ' };
const NAME_WIDTH = 16;

/** `doctor`: fails when something would keep CPEmon from running or from keeping what it confirmed. */
export function addDoctorVerb(program: Command, tools: DoctorTools): void {
  const { environment, migrationsFolder, dataFolder, answer } = tools;
  program
    .command('doctor')
    .description(
      'looks at this machine, the database and the cluster: what is there, what is missing, what to do',
    )
    .option('--fix', 'mends what can be mended without harm')
    .addHelpText(
      'after',
      '\nEnvironment: DATABASE_URL, where no stack runs on the data folder; KUBECONFIG; DOCKER_HOST; CPEMON_MYSQLD.',
    )
    .action(async ({ fix }: { fix?: true }) => {
      const findings = await examineAll({
        environment: readEnvironment(environment),
        programsEnvironment: readProgramsEnvironment(environment),
        ...{ dataFolder: dataFolder(), migrationsFolder, now: () => Date.now() },
      });
      const after = findings.map((finding) => (fix === true ? mend(finding) : finding));
      answer(
        after.map(({ about, state, says, fix: mendable }) => ({
          ...{ about, state, says },
          fixable: mendable !== undefined,
        })),
        (all) =>
          all
            .map(({ about, state, says, fixable }) =>
              [MARKS[state], about.padEnd(NAME_WIDTH), says, ...(fixable ? ['(--fix)'] : [])].join(' '),
            )
            .join('\n'),
      );
      const worst = after.filter(({ state }) => state === 'bad').map(({ about }) => about);
      if (worst.length > 0) throw new Error(`Not in order: ${[...new Set(worst)].join(', ')}`);
    });
}

function mend(finding: Finding): Finding {
  if (finding.fix === undefined) return finding;
  try {
    return { about: finding.about, state: 'good', says: finding.fix() };
  } catch (error) {
    return { ...finding, says: `${finding.says} (--fix failed: ${(error as Error).message})` };
  }
}
