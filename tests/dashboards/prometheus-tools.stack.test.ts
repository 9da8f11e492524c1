import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOrFetchPrometheus, readEnvironment, type PrometheusPrograms } from '@cpemon/local-stack';
import { REPOSITORY } from './source-modules.js';

const FOLDER = join(REPOSITORY, 'prometheus');
const filesIn = (folder: string): string[] =>
  readdirSync(join(FOLDER, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(FOLDER, folder, name));

let programs: PrometheusPrograms;
beforeAll(async () => {
  const { server } = readEnvironment(process.env);
  programs = await findOrFetchPrometheus({ ...server, tell: (line) => console.log(line) });
}, 120_000);

/** What a program says when it does not like what it is given; empty when it does. */
function complaint(program: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

test.each([...filesIn('rules'), ...filesIn('strict')])('promtool finds nothing wrong with %s', (file) => {
  expect(complaint(programs.promtool, ['check', 'rules', file])).toBe('');
});

test.each(filesIn('tests'))(
  'alerts fire and are silent as %s tells',
  (file) => {
    expect(complaint(programs.promtool, ['test', 'rules', file])).toBe('');
  },
  120_000,
);

test.each(['alertmanager.yml', 'alertmanager.production-example.yml'])(
  'amtool finds nothing wrong with %s',
  (file) => {
    expect(complaint(programs.amtool, ['check-config', join(FOLDER, file)])).toBe('');
  },
);

const receiverOf = (file: string, labels: string[]): string =>
  spawnSync(programs.amtool, ['config', 'routes', 'test', `--config.file=${join(FOLDER, file)}`, ...labels], {
    encoding: 'utf8',
  }).stdout.trim();

test('in production a critical alert calls somebody, a warning is written to the team, and a lab wakes nobody', () => {
  const file = 'alertmanager.production-example.yml';
  const alert = ['alertname=CpemonNoWriter', 'layer=pipeline'];
  expect(receiverOf(file, [...alert, 'severity=critical', 'stack=production'])).toBe('on-call');
  expect(receiverOf(file, [...alert, 'severity=warning', 'stack=production'])).toBe('team');
  expect(receiverOf(file, [...alert, 'severity=critical', 'stack=lab'])).toBe('nobody');
  expect(receiverOf(file, ['alertname=CpemonWatchdog', 'severity=none', 'stack=production'])).toBe(
    'watchdog',
  );
  expect(receiverOf('alertmanager.yml', [...alert, 'severity=critical', 'stack=production'])).toBe('nobody');
});
