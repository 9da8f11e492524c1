import { eventually } from '../../../tests/support/eventually.js';
import { isRunning } from './process-identity.js';
import { superviseProcess, type SupervisedProcess } from './supervised-process.js';

const running: SupervisedProcess[] = [];
afterEach(() => Promise.all(running.splice(0).map((one) => one.stop(0))));

/** Runs a script under supervision and records what happens. */
function supervise(script: string) {
  const lines: string[] = [];
  const failures: [string, number][] = [];
  const supervised = superviseProcess({
    command: [process.execPath, '-e', script],
    folder: process.cwd(),
    environment: { GREETING: 'hello' },
    onLine: (line) => lines.push(line),
    onChange: () => undefined,
    onFailure: (how, restartMs) => failures.push([how, restartMs]),
  });
  running.push(supervised);
  return { supervised, lines, failures };
}

test('hands on every line, with the given environment and no other', async () => {
  const { lines } = supervise(
    'console.log(process.env.GREETING, process.env.PATH); console.error("b"); setInterval(() => 0, 1000)',
  );
  await eventually('both lines came', () => lines.length === 2);
  expect(lines.sort()).toEqual(['b', 'hello undefined']);
});

test('a process that is killed comes back after a second, as another process', async () => {
  const { supervised, failures } = supervise('setInterval(() => 0, 1000)');
  const first = supervised.process()!;
  process.kill(first.pid, 'SIGKILL');
  await eventually('it is seen to end', () => failures.length === 1);
  expect(failures).toEqual([['SIGKILL', 1000]]);
  expect(supervised.process()).toBeNull();
  await eventually('it runs again', () => supervised.process() !== null);
  expect(supervised.process()!.pid).not.toBe(first.pid);
});

test('a program that is not there is tried again as one that ended', async () => {
  const failures: string[] = [];
  const supervised = superviseProcess({
    command: ['/no/such/program'],
    folder: process.cwd(),
    environment: {},
    onLine: () => undefined,
    onChange: () => undefined,
    onFailure: (how) => failures.push(how),
  });
  running.push(supervised);
  await eventually('it is seen to end', () => failures.length === 1);
  expect(failures[0]).toContain('ENOENT');
});

test('stop lets it finish, and forces one that does not', async () => {
  const polite = supervise(
    'process.on("SIGTERM", () => { console.log("bye"); process.exit() }); console.log("up"); setInterval(() => 0, 1000)',
  );
  const deaf = supervise('process.on("SIGTERM", () => 0); console.log("up"); setInterval(() => 0, 1000)');
  await eventually('both run', () => polite.lines.length === 1 && deaf.lines.length === 1);
  const [politeProcess, deafProcess] = [polite.supervised.process()!, deaf.supervised.process()!];
  await polite.supervised.stop(5000);
  await eventually('it says goodbye', () => polite.lines.includes('bye'));
  await deaf.supervised.stop(100);
  expect([isRunning(politeProcess), isRunning(deafProcess)]).toEqual([false, false]);
  expect(deaf.failures).toEqual([]);
});

test('a process stopped while it waits for its restart stays away', async () => {
  const { supervised, failures } = supervise('process.exit(3)');
  await eventually('it is seen to end', () => failures.length === 1);
  expect(failures[0]).toEqual(['exit code 3', 1000]);
  await supervised.stop(0);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(supervised.process()).toBeNull();
});
