import { spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 * @returns what it printed on its standard output
 * @throws Error with its own words when it fails or takes longer than `timeoutMs`
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, timeoutMs = 120_000 }: { cwd?: string; timeoutMs?: number } = {},
): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearTimeout(timer));
  if (code === 0) return out;
  throw new Error(
    `${program} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${err.trim() || out.trim()}`,
  );
}
