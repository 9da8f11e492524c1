import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface BareExpress {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** Bare Express in a process of its own, in production mode. */
export async function startBareExpress(): Promise<BareExpress> {
  const child = fork(join(__dirname, 'bare-express.js'), { env: { NODE_ENV: 'production' } });
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
