import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { openClusterPlace } from './cluster-place.js';
import { openComposePlace } from './compose-place.js';
import type { Demo, Story } from './demo.js';
import { DEMOS } from './demos.js';
import { lagChart } from './lag-chart.js';
import { lagPicture } from './lag-picture.js';
import { openLocalPlace } from './local-place.js';
import type { Place } from './place.js';
import { progressLine } from './progress-line.js';
import { runDemo, type DemoResult } from './run-demo.js';

interface Given {
  compose?: true;
  kubectl?: true;
  namespace: string;
  context?: string;
  devices: number;
  interval: number;
  calm: number;
  trouble?: number;
  svg?: string;
}

/** Exit codes: 0 all was as it should be, 1 something was not, 2 it could not run, 64 wrong usage. */
const EXIT = { agree: 0, differ: 1, failed: 2, usage: 64 } as const;
const PATIENCE_SECONDS = 120;
const PHASES: Record<keyof Story, string> = { before: 'calm', during: 'trouble', after: 'after' };

/**
 * `npm run demo -- NAME …`: plays one demo and prints what is seen.
 * @returns the exit code
 */
export async function runDemoCommand(args: readonly string[], repository: string): Promise<number> {
  const command = demoCommand();
  let demo: Demo;
  try {
    command.parse([...args], { from: 'user' });
    demo = DEMOS.find(({ name }) => name === command.args[0])!;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.agree : EXIT.usage;
  }
  const given = command.opts<Given>();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const abort = new AbortController();
  // The second Ctrl-C ends this process at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => abort.abort(new Error('Given up')));
  }
  let place: Place | undefined;
  try {
    place = await openPlace(given, repository, abort.signal, say);
    say(`${demo.name}: ${demo.about}\nLook at ${place.page}`);
    const result = await runDemo({
      ...{ demo, place, say, signal: abort.signal, patienceSeconds: PATIENCE_SECONDS },
      calmSeconds: given.calm,
      ...(given.trouble === undefined ? {} : { troubleSeconds: given.trouble }),
      seen: (reading, phase) => say(progressLine(reading, PHASES[phase])),
    });
    tell(demo, result, given, say);
    return result.agree ? EXIT.agree : EXIT.differ;
  } catch (error) {
    say(`${demo.name} could not be played to its end: ${(error as Error).message}`);
    return EXIT.failed;
  } finally {
    await place?.close().catch((error: Error) => say(`While putting things back: ${error.message}`));
  }
}

function demoCommand(): Command {
  const names = DEMOS.map(({ name, about }) => `  ${name.padEnd(18)}${about}`).join('\n');
  return new Command('npm run demo --')
    .description('Plays a story against a running product and checks how it ends.')
    .argument('<name>', 'see below', knownDemo)
    .addOption(new Option('--compose', 'what docker compose runs here').conflicts('kubectl'))
    .option('--kubectl', 'what runs in the cluster that kubectl reaches')
    .option('--namespace <name>', 'of the cluster', 'cpemon')
    .option('--context <name>', "of kubectl's configuration")
    .option('--devices <n>', 'simulated CPEs of a stack of its own', whole(10, 100_000), 2000)
    .option('--interval <seconds>', 'between two reports of a CPE there', whole(1, 3600), 5)
    .option('--calm <seconds>', 'watched before anything is done', whole(5, 600), 15)
    .option('--trouble <seconds>', 'how long the trouble lasts; each demo has its own', whole(5, 3600))
    .option('--svg <file>', 'writes the lag over time as a picture')
    .addHelpText('after', `\nDemos:\n${names}`)
    .exitOverride();
}

function knownDemo(name: string): string {
  if (DEMOS.some((demo) => demo.name === name)) return name;
  throw new InvalidArgumentError(`It is one of ${DEMOS.map((demo) => demo.name).join(', ')}.`);
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`A whole number from ${min} to ${max}.`);
  };
}

function openPlace(
  given: Given,
  repository: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Place> {
  const { namespace, context, devices, interval: intervalSeconds } = given;
  if (given.kubectl) return openClusterPlace({ namespace, ...(context === undefined ? {} : { context }) });
  if (given.compose) return openComposePlace(repository);
  return openLocalPlace({ repository, devices, intervalSeconds, signal, say });
}

function tell(demo: Demo, result: DemoResult, { svg }: Given, say: (line: string) => void): void {
  const { before, during, after } = result.story;
  const readings = [...before, ...during, ...after];
  say('');
  for (const line of lagChart(readings)) say(line);
  say('');
  for (const { says, holds } of result.checks) say(`${holds ? 'yes' : 'NO '}  ${says}`);
  say(`${demo.name}: ${result.agree ? 'as it should be' : 'NOT as it should be'}`);
  if (svg === undefined) return;
  const ends = [
    0,
    before.at(-1)?.atSeconds ?? 0,
    during.at(-1)?.atSeconds ?? 0,
    after.at(-1)?.atSeconds ?? 0,
  ];
  const phases = ['before', 'trouble', 'after'].map((name, index) => ({
    name,
    fromSeconds: ends[index] ?? 0,
    toSeconds: ends[index + 1] ?? 0,
  }));
  writeFileSync(resolve(svg), lagPicture(`${demo.name}: ${demo.about}`, readings, phases));
  say(`Written to ${svg}`);
}
