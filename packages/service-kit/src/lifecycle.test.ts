import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createLogger } from './logger.js';
import { runUntilStopped } from './lifecycle.js';

const loader = path.join(__dirname, '../test-support/run-typescript.cjs');

/** A service whose last argument says how it behaves. */
const EXAMPLE_SERVICE = `
  const { createConfigReader, runService, startHttpServer } = require('@cpemon/service-kit');
  const behaviour = process.argv.at(-1);
  const forever = () => setInterval(() => undefined, 1000);

  runService('example', async ({ logger, signal }) => {
    if (behaviour === 'config') {
      const config = createConfigReader({ PORT: '10abc', TOKEN: 'hunter2' });
      config.integer('PORT');
      config.string('DATABASE_URL');
      config.string('TOKEN', { secret: true, pattern: /^[0-9]+$/ });
      config.finish();
    }
    if (behaviour === 'fails') throw new Error('no such thing');
    if (behaviour === 'waits') {
      forever();
      logger.info('waiting');
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gave up'))));
    }
    const handler = (request, response) => response.end('hello');
    const server = await startHttpServer({ host: '127.0.0.1', port: 0, logger, handler });
    logger.info({ url: server.url }, 'listening');
    if (behaviour === 'rejects') setTimeout(() => Promise.reject(new Error('nobody listens')), 50);
    return {
      stop: async () => {
        await server.close();
        if (behaviour === 'hangs') await new Promise(forever);
      },
    };
  });`;

const children: ChildProcess[] = [];

interface Child {
  signal(name: NodeJS.Signals): void;
  running(): boolean;
  /** Resolves when the child has printed `text`. */
  printed(text: string): Promise<void>;
  ended(): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function startExample(behaviour: string, env: Record<string, string> = {}): Child {
  const child = spawn(process.execPath, ['-r', loader, '-e', EXAMPLE_SERVICE, behaviour], {
    env: { PATH: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, 'close');
  return {
    signal: (name) => void child.kill(name),
    running: () => child.exitCode === null,
    printed: async (text) => {
      while (!stdout.includes(text)) await Promise.race([once(child.stdout, 'data'), exit]);
    },
    ended: async () => {
      const [code] = (await exit) as [number | null];
      return { code, stdout, stderr };
    },
  };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

describe('a service process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s with exit code 0', async (signal) => {
    const child = startExample('runs');
    await child.printed('listening');
    child.signal(signal);
    const { code, stdout } = await child.ended();
    expect(code).toBe(0);
    expect(stdout).toContain('"msg":"Stopped"');
  });

  it('prints each configuration problem on a line of its own, without secrets, and exits with 78', async () => {
    const { code, stderr, stdout } = await startExample('config').ended();
    expect(code).toBe(78);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'example: PORT must be a whole number (it is "10abc")',
      'example: DATABASE_URL is required',
      'example: TOKEN must match /^[0-9]+$/ (it is [secret])',
    ]);
    expect(stdout).toBe('');
  });

  it('exits with 78 when the log settings are wrong', async () => {
    const { code, stderr } = await startExample('runs', { LOG_LEVEL: 'loud' }).ended();
    expect(code).toBe(78);
    expect(stderr).toContain('example: LOG_LEVEL must be one of');
  });

  it('says why it could not start and exits with 1', async () => {
    const { code, stdout } = await startExample('fails').ended();
    expect(code).toBe(1);
    expect(stdout).toContain('no such thing');
  });

  it('gives up a start that waits when it is asked to stop', async () => {
    const child = startExample('waits');
    await child.printed('waiting');
    child.signal('SIGTERM');
    expect((await child.ended()).code).toBe(0);
  });

  it('logs an unhandled rejection and exits with 1', async () => {
    const { code, stdout } = await startExample('rejects').ended();
    expect(code).toBe(1);
    expect(stdout).toContain('nobody listens');
  });

  it('takes signals within a second for one request, and a later one for an order to end at once', async () => {
    const child = startExample('hangs');
    await child.printed('listening');
    child.signal('SIGINT');
    await child.printed('Stopping');
    child.signal('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(child.running()).toBe(true);
    child.signal('SIGTERM');
    const { code, stdout } = await child.ended();
    expect(code).toBe(1);
    expect(stdout.match(/Asked to stop a second time/g)).toHaveLength(1);
  });

  it('writes coloured lines for people when asked', async () => {
    const child = startExample('runs', { LOG_FORMAT: 'pretty' });
    await child.printed('listening');
    child.signal('SIGTERM');
    const { stdout } = await child.ended();
    expect(stdout).not.toContain('{"level"');
  });
});

describe('runUntilStopped', () => {
  it('ends with 1 when stopping takes longer than the grace period, and leaves no listener', async () => {
    const signals = new EventEmitter();
    const started = new Promise<void>((resolve) => signals.once('started', resolve));
    const exitCode = runUntilStopped(
      'test',
      () => {
        signals.emit('started');
        return Promise.resolve({ stop: () => new Promise<void>(() => undefined) });
      },
      { logger: createLogger({ service: 'test', level: 'silent' }), signals, graceMs: 50 },
    );
    await started;
    signals.emit('SIGTERM');
    expect(await exitCode).toBe(1);
    expect(signals.eventNames()).toEqual([]);
  });
});
