import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { join, resolve } from 'node:path';
import { addCoverageVerb } from './cli-coverage.js';
import { addAlertVerbs } from './cli-alerts.js';
import { addBackupVerbs } from './cli-backup.js';
import { addDeadLetterVerbs } from './cli-dead-letters.js';
import { addDoctorVerb } from './cli-doctor.js';
import { addDrillVerbs } from './cli-drills.js';
import { addExplainVerb } from './cli-explain.js';
import { addEraseVerbs } from './cli-erase.js';
import { addGenieacsVerb } from './cli-genieacs.js';
import { addInventoryVerbs } from './cli-inventory.js';
import { addAuditVerb, addLogVerbs } from './cli-log.js';
import { addLoginVerb } from './login-link.js';
import { addMigrateVerb } from './cli-migrate.js';
import { addParkedVerbs } from './cli-parked.js';
import { addRefusedVerbs, type RefusedSource } from './cli-refused.js';
import { addRebuildVerbs, addReplayVerbs } from './cli-replay.js';
import { addRulesVerbs } from './cli-rules.js';
import { addSecretsVerb } from './cli-secrets.js';
import { addSendVerb } from './cli-send.js';
import { addWindowVerbs } from './cli-windows.js';
import { addVerifyVerb } from './cli-verify.js';
import {
  readApiAddress,
  readConnectorEnvironment,
  readModelsFolder,
  type AcsIngestAddress,
} from './config.js';
import { askSupervisor } from './control-server.js';
import type { ScaleAnswer, StackStatus } from './control-actions.js';
import { SERVICES } from './port-plan.js';
import { createOperatorApi, type ApiAddress, type OperatorApi } from './operator-api.js';
import { isRunning } from './process-identity.js';
import { readReadiness } from './readiness.js';
import type { ReplicaStatus } from './service-group.js';
import { targetByUrl, targetInStack } from './send/send-target.js';
import { readStackFile, type StackFile } from './stack-file.js';
import { MOST_REPLICAS, USUAL_DATA_FOLDER, wholeNumber } from './start-options.js';

/** Exit codes of `npm run cpemon`: 0 done, 1 not done (the sentence says why), 2 wrong usage. */
const EXIT_DONE = 0;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** `npm run cpemon -- VERB`: sets the exit code of this process. */
export async function runCommandLine(args: readonly string[], repository: string): Promise<void> {
  process.exitCode = await runVerb(args, {
    repository,
    // eslint-disable-next-line no-restricted-properties -- the one place where `npm run cpemon` reads the environment
    environment: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
}

export interface VerbContext {
  repository: string;
  environment: NodeJS.ProcessEnv;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** Does what one command line asks. @returns the exit code */
export async function runVerb(
  args: readonly string[],
  { repository, environment, out, err }: VerbContext,
): Promise<number> {
  const program = new Command('npm run cpemon --')
    .description('Looks after a stack that `npm start` runs, and after the event log.')
    .option('--data <folder>', 'data folder of the stack', USUAL_DATA_FOLDER)
    .option('--json', 'answers of dead-letters, parked, replay, rebuild, log and audit as JSON')
    .addHelpText(
      'after',
      '\nEnvironment, where no --data is given: CPEMON_URL (of cpemon-api) and CPEMON_TOKEN (of an operator).',
    )
    .configureOutput({ writeOut: out, writeErr: err })
    .exitOverride();
  const stack = () => runningStack(resolve(repository, program.opts<{ data: string }>().data));
  const say = (line: string) => out(`${line}\n`);

  program
    .command('scale')
    .description('sets how many replicas of a service are kept running, until changed again')
    .argument('<service>', SERVICES.join(', '), knownService)
    .argument('<replicas>', `0 to ${MOST_REPLICAS}`, wholeNumber(0, MOST_REPLICAS))
    .action(async (service: string, replicas: number) => {
      const answer = await askSupervisor<ScaleAnswer>(stack().control_socket, 'POST', '/scale', {
        service,
        replicas,
      });
      say(`${service}: ${replicas} replica${replicas === 1 ? '' : 's'}`);
      for (const one of answer.running) say(`  ${describeReplica(one)}`);
      if (answer.ready) return;
      throw new Error(
        `Not every replica of ${service} became ready: see logs/${service}*.log in the data folder`,
      );
    });
  program
    .command('status')
    .description('lists what runs, where, and whether it is ready')
    .action(async () => {
      const { services, database } = await askSupervisor<StackStatus>(
        stack().control_socket,
        'GET',
        '/status',
      );
      for (const { name, replicas, running } of services) {
        say(`${name}: ${running.length} of ${replicas} running`);
        const readings = await Promise.all(running.map(({ opsUrl }) => readReadiness(opsUrl)));
        running.forEach((one, index) => say(`  ${describeReplica(one)}  ${readings[index]}`));
      }
      say(`database: ${database.pid === null ? 'given, or down' : `running, process ${database.pid}`}`);
    });

  const tools = {
    api: (): OperatorApi => {
      const given = program.getOptionValueSource('data') === 'cli' ? undefined : readApiAddress(environment);
      return createOperatorApi(given ?? apiOf(stack()));
    },
    answer: <T>(value: T, text: (value: T) => string) =>
      say(program.opts<{ json?: true }>().json === true ? JSON.stringify(value, null, 2) : text(value)),
    now: () => Date.now(),
  };
  addDeadLetterVerbs(program, tools);
  addParkedVerbs(program, tools);
  addReplayVerbs(program, tools);
  addRebuildVerbs(program, tools);
  addLogVerbs(program, tools);
  addAuditVerb(program, tools);
  addInventoryVerbs(program, { ...tools, say });
  addLoginVerb(program, tools);
  addAlertVerbs(program, tools);
  addWindowVerbs(program, tools);
  addEraseVerbs(program, { ...tools, say });
  addGenieacsVerb(program, {
    environment: () => readConnectorEnvironment(environment),
    ofStack: () => acsIngestOf(stack()),
    dataFolder: () => resolve(repository, program.opts<{ data: string }>().data),
    say,
  });
  addRefusedVerbs(program, { ...tools, sources: () => refusedSources(stack()) });
  addVerifyVerb(program, { ...tools, stack });
  addSendVerb(program, {
    ...tools,
    ...{ say, folder: process.cwd() },
    target: (as, url) => (url === undefined ? targetInStack(as, stack()) : targetByUrl(as, url, environment)),
  });

  addCoverageVerb(program, tools);
  addExplainVerb(program, {
    ...{ answer: tools.answer, now: tools.now, folder: process.cwd() },
    modelsFolder: () => readModelsFolder(environment),
  });
  addRulesVerbs(program, { answer: tools.answer, now: tools.now, environment, folder: process.cwd(), stack });
  addDoctorVerb(program, {
    ...{ environment, answer: tools.answer, migrationsFolder: join(repository, 'sql') },
    dataFolder: () => resolve(repository, program.opts<{ data: string }>().data),
  });
  addMigrateVerb(program, { environment, migrationsFolder: join(repository, 'sql'), say });
  addBackupVerbs(program, {
    ...{ environment, repository, stack, say, answer: tools.answer },
    dataFolder: () => resolve(repository, program.opts<{ data: string }>().data),
  });
  addDrillVerbs(program, {
    ...{ environment, repository, say },
    runVerb: (args) => runVerb(args, { repository, environment: {}, out, err }),
  });
  addSecretsVerb(program, {
    ...{ out, folder: process.cwd() },
    dataFolder: () => resolve(repository, program.opts<{ data: string }>().data),
  });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_USAGE;
    err(`${(error as Error).message}\n`);
    return EXIT_FAILED;
  }
}

/** @throws Error with a sentence when no cpemon-api runs */
function apiOf({ processes, tokens }: StackFile): ApiAddress {
  const url = processes.find((one) => one.name === 'cpemon-api' && one.url !== undefined)?.url;
  if (url === undefined) throw new Error('No cpemon-api is running: npm run cpemon -- scale cpemon-api 1');
  return { url, token: tokens.operator };
}

const refusedSources = ({ processes, tokens }: StackFile): RefusedSource[] =>
  processes
    .filter(({ name }) => name === 'acs-ingest' || name === 'cpemon-api')
    .map(({ name, replica, ops_url: url }) => ({
      ...{ url, token: tokens.operator },
      name: replica === 1 ? name : `${name}-${replica}`,
    }));

/** @throws Error with a sentence when no acs-ingest runs */
function acsIngestOf({ processes, webhook_secret: secret }: StackFile): AcsIngestAddress {
  const url = processes.find((one) => one.name === 'acs-ingest' && one.url !== undefined)?.url;
  if (url === undefined) throw new Error('No acs-ingest is running: npm run cpemon -- scale acs-ingest 1');
  return { url, secret };
}

/** @throws Error with a sentence when no stack runs on that folder */
function runningStack(dataFolder: string): StackFile {
  const stack = readStackFile(join(dataFolder, 'stack.json'));
  if (stack !== null && isRunning(stack.supervisor)) return stack;
  throw new Error(
    `No stack is running on ${dataFolder}. Start one with npm start, or name its folder with --data.`,
  );
}

function describeReplica({ replica, process: { pid }, url, opsUrl }: ReplicaStatus): string {
  return [`${replica}  process ${pid}`, ...(url === undefined ? [] : [url]), opsUrl].join('  ');
}

function knownService(text: string): string {
  if (SERVICES.some((name) => name === text)) return text;
  throw new InvalidArgumentError(`The services are ${SERVICES.join(', ')}.`);
}
