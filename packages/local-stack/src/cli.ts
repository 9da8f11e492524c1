import { Command, InvalidArgumentError } from 'commander';
import { join, resolve } from 'node:path';
import { askSupervisor } from './control-server.js';
import type { ScaleAnswer, StackStatus } from './control-actions.js';
import { SERVICES } from './port-plan.js';
import { isRunning } from './process-identity.js';
import { readReadiness } from './readiness.js';
import type { ReplicaStatus } from './service-group.js';
import { readStackFile, type StackFile } from './stack-file.js';
import { MOST_REPLICAS, USUAL_DATA_FOLDER, wholeNumber } from './start-options.js';

/** Exit codes of `npm run cpemon`: 0 done, 1 not done (the sentence says why), 2 wrong usage. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** `npm run cpemon -- VERB`: ends this process with the exit code. */
export async function runCommandLine(args: readonly string[], repository: string): Promise<void> {
  const program = new Command('npm run cpemon --')
    .description('Looks after a stack that `npm start` runs.')
    .option('--data <folder>', 'data folder of the stack', USUAL_DATA_FOLDER)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE));
  const stack = () => runningStack(resolve(repository, program.opts<{ data: string }>().data));

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
      console.log(`${service}: ${replicas} replica${replicas === 1 ? '' : 's'}`);
      for (const one of answer.running) console.log(`  ${describeReplica(one)}`);
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
        console.log(`${name}: ${running.length} of ${replicas} running`);
        const readings = await Promise.all(running.map(({ opsUrl }) => readReadiness(opsUrl)));
        running.forEach((one, index) => console.log(`  ${describeReplica(one)}  ${readings[index]}`));
      }
      console.log(
        `database: ${database.pid === null ? 'given, or down' : `running, process ${database.pid}`}`,
      );
    });

  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(EXIT_FAILED);
  }
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
