import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../stack/repository.js';

const PROGRAM = join(REPOSITORY, 'node_modules/autocannon/autocannon.js');

/** Whether it is installed: it is a tool of development. */
export const hasAutocannon = (): boolean => existsSync(PROGRAM);

/**
 * autocannon, a load generator that makes nothing: it posts the same bytes over and over.
 * @returns requests/s
 */
export async function runAutocannon(job: {
  url: string;
  body: Buffer;
  connections: number;
  seconds: number;
  directory: string;
}): Promise<number> {
  const file = join(job.directory, 'autocannon-body');
  writeFileSync(file, job.body);
  const child = spawn(
    process.execPath,
    [
      ...[PROGRAM, '--json', '--no-progress', '--method', 'POST', '--input', file],
      ...['--connections', String(job.connections), '--duration', String(job.seconds)],
      ...['--headers', 'content-type=text/xml', job.url],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`autocannon ended with ${code}`);
  const { requests, errors, non2xx } = JSON.parse(text) as {
    requests: { average: number };
    errors: number;
    non2xx: number;
  };
  if (errors > 0 || non2xx > 0) throw new Error(`autocannon had ${errors} errors and ${non2xx} refusals`);
  return requests.average;
}
