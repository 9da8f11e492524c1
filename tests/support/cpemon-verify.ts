import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../..');

/**
 * `npm run cpemon -- verify` of a stack.
 * @param simulators control ports of simulators that the stack did not start
 */
export async function cpemonVerify(
  dataFolder: string,
  simulators: readonly string[] = [],
): Promise<{ code: number | null; printed: string }> {
  const options = simulators.flatMap((url) => ['--simulator', url]);
  const child = spawn(process.execPath, ['scripts/cpemon.mjs', '--data', dataFolder, 'verify', ...options], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (printed += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, printed };
}
