import { spawn } from 'node:child_process';

export interface CommandResult {
  ok: boolean;
  /** Standard output and standard error as they came. */
  output: string;
}

export interface CommandOptions {
  env?: Record<string, string>;
  folder?: string;
  /** Aborted: the program is ended. */
  signal?: AbortSignal | undefined;
}

/** Runs a program to its end, with nothing to read from. A program that is not there is a failed one. */
export function runCommand(
  program: string,
  args: readonly string[],
  { env = {}, folder, signal }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { PATH: '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', ...env },
      ...(folder === undefined ? {} : { cwd: folder }),
      ...(signal === undefined ? {} : { signal }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (part: Buffer) => (output += part.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}
