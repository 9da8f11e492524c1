import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Where a program is; undefined when it is not on this machine. Servers are often not in a user's PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** `describe` where every program is on this machine; else the tests are skipped, and say so. */
export function describeWith(programs: readonly string[]): jest.Describe {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return describe;
  process.stderr.write(
    `SKIPPED: ${missing.join(' and ')} not found; on Debian: apt-get install nginx-light haproxy openssl\n`,
  );
  return describe.skip;
}

/** Puts other values into a configuration file of the docs. @throws Error when one of them is not in it any more */
export function adapt(text: string, values: Record<string, string>): string {
  let adapted = text;
  for (const [from, to] of Object.entries(values)) {
    if (!adapted.includes(from)) throw new Error(`The configuration file does not have "${from}"`);
    adapted = adapted.replaceAll(from, to);
  }
  return adapted;
}

/** Runs a program to its end. @returns what it said, and its exit code: null when it was ended for taking too long */
export async function run(
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ said: string; code: number | null }> {
  const child = spawn(program, args, { timeout: 10_000 });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // It may have ended before it read everything.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { said, code };
}

/** Starts a proxy in the foreground and waits until its port answers. */
export async function startProxy(
  name: string,
  args: readonly string[],
  port: number,
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(findProgram(name)!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  for (let tries = 0; !(await isUp()); tries += 1) {
    if (child.exitCode !== null || tries > 200) throw new Error(`${name} did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const { createServer } = await import('node:net');
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
