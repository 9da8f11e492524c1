import { parseArgs } from 'node:util';
import { numberOption } from '../support/number-option.js';

export interface ChaosOptions {
  minutes: number;
  seed: number;
  /** Events a second. */
  rate: number;
  /** Kinds of faults; undefined: all. */
  faults: readonly string[] | undefined;
  plant: string | undefined;
  /** Run a plant's load and faults without its bug. */
  control: boolean;
  keep: boolean;
}

export type Wish =
  | { does: 'run'; options: ChaosOptions }
  | { does: 'list-plants' | 'list-faults' | 'schedule' | 'help'; options: ChaosOptions };

export const USAGE = `npm run chaos -- [--minutes N] [--seed S] [--rate R] [--faults KIND,KIND] [--plant NAME] [--keep]

  --minutes N      how long faults are injected (1); bringing everything back and comparing comes on top
  --seed S         the same seed gives the same faults at the same times to the same targets (1)
  --rate R         events a second (500)
  --faults K,K     only these kinds of faults
  --plant NAME     run a copy of the build with this known bug; it must be caught
  --control        with --plant: the same load and faults without the bug; nothing may be found
  --keep           keep the folder with the logs and the database, also when all is well
  --list-plants    print the names of the known bugs
  --list-faults    print the kinds of faults
  --schedule       print what would be injected when, and end`;

/** @throws TypeError with a sentence for whoever typed it */
export function readOptions(args: readonly string[]): Wish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      rate: { type: 'string' },
      faults: { type: 'string' },
      plant: { type: 'string' },
      control: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'list-plants': { type: 'boolean', default: false },
      'list-faults': { type: 'boolean', default: false },
      schedule: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const options: ChaosOptions = {
    minutes: numberOption('minutes', values.minutes, 1, 0.1, 24 * 60),
    seed: numberOption('seed', values.seed, 1, 0, 2 ** 31),
    rate: numberOption('rate', values.rate, 500, 10, 20_000),
    faults: values.faults?.split(','),
    plant: values.plant,
    control: values.control,
    keep: values.keep,
  };
  for (const does of ['help', 'list-plants', 'list-faults', 'schedule'] as const) {
    if (values[does]) return { does, options };
  }
  return { does: 'run', options };
}
