import { join } from 'node:path';
import { fuzzRun, type FuzzResult } from './fuzz-run';
import { readOptions, USAGE } from './options';
import { replayInput, saveInput } from './saved-input';

const EXIT_USAGE = 64;
/** From where the compiled program lies. */
const REPOSITORY = join(__dirname, '../../../../..');
const SAVED = join(REPOSITORY, '.cpemon/fuzz');
const say = (line: string): void => console.log(line);

function report(seed: number, result: FuzzResult): void {
  const { inputs, seconds, slowestParse, slowestAnswer, heap, answers, violations } = result;
  for (const [name, count] of [...answers].sort(([a], [b]) => a.localeCompare(b, 'en'))) {
    say(`  ${String(count).padStart(8)}  ${name}`);
  }
  say(`heap over the run: ${heap.text()}`);
  say(`slowest for the parser: ${slowestParse.ms.toFixed(1)} ms (input ${slowestParse.index})`);
  say(
    `slowest to be answered, others beside it: ${slowestAnswer.ms.toFixed(1)} ms (input ${slowestAnswer.index})`,
  );
  for (const violation of violations) {
    say(`input ${violation.index}: ${violation.wrong.join('; ')}`);
    say(`  npm run fuzz -- --replay ${saveInput(SAVED, seed, violation)}`);
  }
  say(
    `fuzz: seed ${seed}, ${inputs} inputs in ${seconds.toFixed(0)} s (${(inputs / seconds).toFixed(0)}/s), ` +
      `${violations.length} violations`,
  );
}

async function main(): Promise<number> {
  const { seed, inputs, minutes, replay, help } = readOptions(process.argv.slice(2));
  if (help) {
    say(USAGE);
    return 0;
  }
  if (replay !== undefined) {
    const wrong = await replayInput(replay, say);
    say(wrong.length === 0 ? 'nothing is wrong with it' : wrong.join('\n'));
    return wrong.length === 0 ? 0 : 1;
  }
  say(`fuzz: seed ${seed}, up to ${inputs} inputs and ${minutes} minutes`);
  const result = await fuzzRun({ seed, inputs, durationMs: minutes * 60_000, say });
  report(seed, result);
  return result.violations.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof TypeError ? error.message : error);
    process.exit(error instanceof TypeError ? EXIT_USAGE : 2);
  },
);
