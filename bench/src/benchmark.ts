import type { ServerBinary } from '@cpemon/local-stack';
import type { Figure } from './report/result-line.js';

/** The length of a run: `quick` is a trial of the benchmark itself, seconds long, whose figures mean nothing. */
export type BenchForm = 'quick' | 'short' | 'full';

/** What a benchmark is told. */
export interface BenchContext {
  form: BenchForm;
  /** Take a CPU profile of each service process and print where its time went. */
  profile: boolean;
  /** The database program to run. */
  server: ServerBinary;
  /** The browser to run, where one was named. */
  chromium?: string;
  /** Folder for this run's database, logs and profiles; exists and is empty. */
  directory: string;
  /** A line for the reader. */
  say(line: string): void;
  /** Has `release` called at the end of the benchmark, however it ends; the last registered goes first. */
  atEnd(release: () => Promise<void>): void;
}

/** One file of `benchmarks/`. */
export interface Benchmark {
  name: string;
  /** One sentence for `--help`. */
  about: string;
  /**
   * Measures and checks its own result.
   * @throws WrongResult when counts or state are not what the load should have left
   */
  run(context: BenchContext): Promise<Figure[]>;
}

/** The system did not do what was measured: the figures mean nothing. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** @throws WrongResult with every line of `wrong`, if there is any */
export function refuseIfWrong(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new WrongResult(wrong.join('\n'));
}
