import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { serviceNodeFlags } from '../../packages/local-stack/src/service-node-flags.js';
import { SECRET_HOLDERS } from '../../packages/local-stack/src/service-secrets.js';
import type { Loose } from './manifest.js';
import { ROOT } from './render.js';

const SERVICES = ['acs-ingest', 'cpemon-api', 'cpemon-writer', 'cpe-simulator'];
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const [compose] = loadAll(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as [
  { services: Record<string, Loose> },
];

const targetOf = (name: string): string => {
  const [, text] =
    new RegExp(`^FROM runtime AS ${name}\\n([^]*?)(?=^FROM |$(?![^]))`, 'm').exec(dockerfile) ?? [];
  if (text === undefined) throw new Error(`The Dockerfile has no target ${name}`);
  return text;
};

test.each(SERVICES)('%s runs with the flags of npm start, in its image and in compose', (name) => {
  const flags = serviceNodeFlags(name);
  const [, entrypoint] = /^ENTRYPOINT (.*)$/m.exec(targetOf(name)) ?? [];
  const main = `services/${name}/dist/main.js`;
  expect(JSON.parse(entrypoint!)).toEqual(['node', '--enable-source-maps', ...flags, main]);
  expect(compose.services[name].entrypoint).toEqual([
    ...['node', '--env-file=/run/secrets/cpemon/env', '--enable-source-maps'],
    ...[...flags, main],
  ]);
});

test('images run as a user that is not root, and say what they are', () => {
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  for (const name of [...SERVICES, 'migrate']) {
    expect(targetOf(name)).toMatch(/org\.opencontainers\.image\.title=/);
    expect(targetOf(name)).not.toMatch(/^USER/m);
  }
});

test('in compose, every process of ours has a read-only root, no capability and secrets of its own', () => {
  for (const name of [...SERVICES, 'migrate', 'secrets'])
    expect([name, compose.services[name]]).toEqual([
      name,
      expect.objectContaining({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      }),
    ]);
  for (const name of [...SERVICES, 'migrate'])
    expect(compose.services[name].volumes).toEqual([`${name}:/run/secrets/cpemon:ro`]);
});

test('in compose, nothing is published beyond this machine', () => {
  const ports = Object.values(compose.services).flatMap(({ ports = [] }) => ports as string[]);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('the image has a folder for the secrets of each holder that is a volume in compose', () => {
  const [, names = ''] = /for each in ([^;]+);/.exec(dockerfile) ?? [];
  expect(names.trim().split(' ').sort()).toEqual([...SECRET_HOLDERS, 'kept'].sort());
});
