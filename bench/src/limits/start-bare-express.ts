import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface BareExpress {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/**
 * Bare Express, or bare Node, in a process of its own, in production mode.
 * @param program the file beside this one that says what it answers
 */
export async function startBareExpress(
  program: 'bare-express' | 'bare-express-cwmp' | 'bare-event-stream' = 'bare-express',
): Promise<BareExpress> {
  const child = fork(join(__dirname, `${program}.js`), { env: { NODE_ENV: 'production' } });
  const [message] = (await once(child, 'message')) as [{ port: number }];
  return {
    pid: child.pid!,
    port: message.port,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
