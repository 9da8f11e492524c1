import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** An extension of GenieACS in a process of its own. */
export interface RunningExtension {
  /** Calls a function of it as a provision does; every argument is text. */
  call(
    name: string,
    ...args: string[]
  ): Promise<{ fault: { message: string } | null; value: unknown; ms: number }>;
  /** Lines of its standard error, which GenieACS logs. */
  lines: string[];
  child: ChildProcess;
  /** Asks it to end, as GenieACS does when it ends itself. @returns its exit code */
  stop(): Promise<number | null>;
}

export function runExtension(file: string, settings: Record<string, string>): RunningExtension {
  const child = fork(join(__dirname, 'extension-host.cjs'), [file], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let calls = 0;
  return {
    lines,
    child,
    call: (name, ...args) =>
      new Promise((resolve) => {
        const id = `job-${(calls += 1)}`;
        const began = performance.now();
        const onMessage = ([answered, fault, value]: [string, { message: string } | null, unknown]): void => {
          if (answered !== id) return;
          child.off('message', onMessage as never);
          resolve({ fault, value, ms: performance.now() - began });
        };
        child.on('message', onMessage as never);
        child.send([id, [name, ...args]]);
      }),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
