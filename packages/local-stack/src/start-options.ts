import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { DEFAULT_BASE_PORT, LARGEST_BASE_PORT, SMALLEST_BASE_PORT } from './port-plan.js';

export interface StartOptions {
  /** Simulated CPEs; 0 for none. */
  devices: number;
  /** Seconds between two reports of a simulated CPE. */
  intervalSeconds: number;
  writers: number;
  ingests: number;
  apis: number;
  /** Absolute path. */
  dataFolder: string;
  basePort: number;
  /** Begin with empty data. */
  fresh: boolean;
  /** The data were restored from a backup: the event log goes on in a new generation. */
  restored: boolean;
  /** Run Prometheus and Alertmanager as well. */
  observe: boolean;
}

export const MOST_REPLICAS = 50;
/** In the repository. */
export const USUAL_DATA_FOLDER = '.cpemon';

/**
 * Reads the arguments of `npm start --`.
 * @param args without the program's own name
 * @throws CommanderError, after help or what is wrong was printed; its exitCode is 0 for help
 */
export function parseStartOptions(args: readonly string[], repository: string): StartOptions {
  const command = new Command('npm start --')
    .description(
      'Runs CPEmon on this machine: a private database, the four services and a small simulated fleet.',
    )
    .option('--devices <n>', 'simulated CPEs, 0 for none', wholeNumber(0, 1_000_000), 100)
    .option('--interval <seconds>', 'time between two reports of a simulated CPE', wholeNumber(1, 86_400), 10)
    .option('--writers <n>', 'replicas of cpemon-writer', wholeNumber(0, MOST_REPLICAS), 1)
    .option('--ingests <n>', 'replicas of acs-ingest', wholeNumber(0, MOST_REPLICAS), 1)
    .option('--apis <n>', 'replicas of cpemon-api', wholeNumber(0, MOST_REPLICAS), 1)
    .option('--data <folder>', 'where data, secrets and logs are kept', USUAL_DATA_FOLDER)
    .option(
      '--base-port <port>',
      'port of cpemon-api; every other port keeps its distance from it',
      wholeNumber(SMALLEST_BASE_PORT, LARGEST_BASE_PORT),
      DEFAULT_BASE_PORT,
    )
    .option('--fresh', 'throw away the data of earlier runs first', false)
    .option('--restored', 'the data are a restored backup: give no position of the event log twice', false)
    .option('--observe', 'runs Prometheus and Alertmanager as well; fetches them where apt-get can', false)
    .addHelpText(
      'after',
      '\nEnvironment: DATABASE_URL (use this database), CPEMON_MYSQLD (use this server program), LOG_LEVEL, NO_COLOR.',
    )
    .allowExcessArguments(false)
    .exitOverride()
    .parse([...args], { from: 'user' });
  const given = command.opts<{
    devices: number;
    interval: number;
    writers: number;
    ingests: number;
    apis: number;
    data: string;
    basePort: number;
    fresh: boolean;
    restored: boolean;
    observe: boolean;
  }>();
  return {
    devices: given.devices,
    intervalSeconds: given.interval,
    writers: given.writers,
    ingests: given.ingests,
    apis: given.apis,
    dataFolder: resolve(repository, given.data),
    basePort: given.basePort,
    fresh: given.fresh,
    restored: given.restored,
    observe: given.observe,
  };
}

/** For commander: a parser that takes nothing but a whole number of that range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
