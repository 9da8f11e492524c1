import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../stack/free-port.js';
import { REPOSITORY } from '../stack/repository.js';

/** The simulator's own target that keeps nothing, in a process of its own. */
export interface NullSinkProcess {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

const PROGRAM = 'services/cpe-simulator/dist/command-line/simulate.js';

export async function startNullSink(): Promise<NullSinkProcess> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    ['-e', `require(${JSON.stringify(join(REPOSITORY, PROGRAM))}).simulate(['--null-sink', '${port}'])`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // It says where it is once it listens.
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('the null sink ended'))),
  ]);
  return {
    pid: child.pid!,
    port,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
