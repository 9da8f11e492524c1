import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { createLogger } from './logger.js';
import { runUntilStopped } from './lifecycle.js';

const support = path.join(__dirname, '../test-support');
const children: ChildProcess[] = [];

interface Child {
  signal(name: NodeJS.Signals): void;
  /** Resolves when the child has printed `text`. */
  printed(text: string): Promise<void>;
  ended(): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function startExample(behaviour: string, env: Record<string, string> = {}): Child {
  const child = spawn(
    process.execPath,
    ['-r', path.join(support, 'run-typescript.cjs'), path.join(support, 'example-service.ts'), behaviour],
    { env: { PATH: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = once(child, 'close');
  return {
    signal: (name) => void child.kill(name),
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
