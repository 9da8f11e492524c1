import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { eventually } from '../support/eventually.js';
import { REPOSITORY } from './source-modules.js';

/** A Prometheus of one's own that scrapes once a second and evaluates the rules of the repository. */
export interface RunningPrometheus {
  /** One moment. */
  query(expr: string, at?: number): Promise<PrometheusSeries[]>;
  range(expr: string, from: number, to: number, step: number): Promise<PrometheusSeries[]>;
  stop(): Promise<void>;
}

export interface PrometheusSeries {
  metric: Record<string, string>;
  values: [at: number, value: number][];
}

export const SCRAPE_SECONDS = 1;

interface Answer {
  status: string;
  error?: string;
  data?: {
    result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
  };
}

/** @param targets addresses by job */
export async function startPrometheus(
  program: string,
  folder: string,
  port: number,
  targets: Record<string, string[]>,
): Promise<RunningPrometheus> {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  const jobs = Object.entries(targets).map(([job_name, addresses]) => ({
    job_name,
    static_configs: [{ targets: addresses }],
  }));
  writeFileSync(
    config,
    dump({
      global: {
        scrape_interval: `${SCRAPE_SECONDS}s`,
        evaluation_interval: '1s',
        external_labels: { stack: 'test' },
      },
      rule_files: [join(REPOSITORY, 'prometheus/rules/*.yml')],
      scrape_configs: jobs,
    }),
  );
  const child: ChildProcess = spawn(
    program,
    [
      ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      ...[`--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((settle) => child.once('exit', () => settle()));
  const base = `http://127.0.0.1:${port}`;
  await eventually(
    'Prometheus is ready',
    async () => {
      if (child.exitCode !== null) throw new Error(said);
      return (await fetch(`${base}/-/ready`)).ok;
    },
    20_000,
  );
  return {
    ...askPrometheus(base),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Asks a Prometheus that runs already. @param base its URL without a slash at the end */
export function askPrometheus(base: string): Pick<RunningPrometheus, 'query' | 'range'> {
  const ask = async (path: string, parameters: Record<string, string>): Promise<PrometheusSeries[]> => {
    const response = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${answer.error}, in: ${parameters['query']}`);
    return (answer.data?.result ?? []).map(({ metric, value, values }) => ({
      metric,
      values: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [at, Number(text)]),
    }));
  };
  return {
    query: (query, at) => ask('/api/v1/query', { query, ...(at === undefined ? {} : { time: String(at) }) }),
    range: (query, from, to, step) =>
      ask('/api/v1/query_range', { query, start: String(from), end: String(to), step: String(step) }),
  };
}
