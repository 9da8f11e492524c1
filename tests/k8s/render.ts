import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Manifest } from './manifest.js';

export const ROOT = resolve(__dirname, '../..');
const K8S = join(ROOT, 'k8s');

export const OVERLAYS = ['lab', 'production-example'] as const;
export const COMPONENTS = readdirSync(join(K8S, 'components')).sort();

/** Whether `kubectl` is there to render with. A run that must not do without says so in CPEMON_NEEDS_KUBECTL. */
export const hasKubectl =
  process.env.CPEMON_NEEDS_KUBECTL !== undefined ||
  spawnSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore' }).status === 0;

/** What `kubectl kustomize` makes of a folder. @throws Error with what it says */
export function render(folder: string): Manifest[] {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', folder], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(error?.message ?? stderr);
  return parse(stdout);
}

export const renderOverlay = (name: string): Manifest[] => render(join(K8S, 'overlays', name));

/** The base with these components, as an overlay of one's own would have it. */
export function renderWith(components: readonly string[]): Manifest[] {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-k8s-'));
  try {
    const own = join(folder, 'overlay');
    mkdirSync(own);
    const list = components.map((name) => `  - ${relative(own, join(K8S, 'components', name))}\n`).join('');
    writeFileSync(
      join(own, 'kustomization.yaml'),
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: cpemon\nresources:\n  - ${relative(own, join(K8S, 'base'))}\n${list === '' ? '' : `components:\n${list}`}`,
    );
    return render(own);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The manifests as they are written, before any patch: what can be looked at without kubectl. */
export function writtenManifests(): Manifest[] {
  const folders = ['base', ...COMPONENTS.map((name) => join('components', name))];
  return folders.flatMap((folder) =>
    readdirSync(join(K8S, folder))
      .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
      .flatMap((name) => parse(readFileSync(join(K8S, folder, name), 'utf8'))),
  );
}

const parse = (text: string): Manifest[] =>
  loadAll(text).filter(
    (document): document is Manifest =>
      typeof document === 'object' && document !== null && 'apiVersion' in document,
  );
