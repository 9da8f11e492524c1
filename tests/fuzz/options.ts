import { parseArgs } from 'node:util';
import { numberOption } from '../support/number-option.js';

export interface FuzzWish {
  seed: number;
  inputs: number;
  minutes: number;
  /** A saved input to send once more. */
  replay: string | undefined;
  help: boolean;
}

export const USAGE = `npm run fuzz -- [--minutes N] [--inputs N] [--seed S] [--replay FILE]

  --minutes N    at most so long (1)
  --inputs N     at most so many inputs (1000000)
  --seed S       the same seed makes the same inputs (1)
  --replay FILE  send one saved input again and say what is wrong with its answer`;

/** @throws TypeError with a sentence for whoever typed it */
export function readOptions(args: readonly string[]): FuzzWish {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      inputs: { type: 'string' },
      seed: { type: 'string' },
      replay: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    minutes: numberOption('minutes', values.minutes, 1, 0.01, 24 * 60),
    inputs: numberOption('inputs', values.inputs, 1_000_000, 1, 1e9),
    seed: numberOption('seed', values.seed, 1, 0, 2 ** 31),
    replay: values.replay,
    help: values.help,
  };
}
