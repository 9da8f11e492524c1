import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.js';
import { SECRET_HOLDERS, type SecretVariables } from './service-secrets.js';

/** Each folder is a volume that one container sees, whatever user it runs as. */
const READABLE = 0o444;

/** Their images want a file a variable: MySQL, Grafana. */
const FILE_A_VARIABLE: readonly string[] = ['mysql', 'reporting'];

/** Writes `folder/HOLDER/env`, NAME=value a line, and for some holders a file a variable as well. */
export function writeSecretFiles(folder: string, all: SecretVariables): void {
  for (const holder of SECRET_HOLDERS) {
    const own = join(folder, holder);
    mkdirSync(own, { recursive: true });
    const variables = Object.entries(all[holder]);
    writeReadable(join(own, 'env'), variables.map(([name, value]) => `${name}=${value}\n`).join(''));
    if (FILE_A_VARIABLE.includes(holder))
      for (const [name, value] of variables) writeReadable(join(own, name), value);
  }
}

function writeReadable(file: string, text: string): void {
  writeFileAtomically(file, text);
  chmodSync(file, READABLE);
}

/** The same as manifests of Kubernetes, JSON that `kubectl apply -f -` takes. */
export function secretManifests(namespace: string, all: SecretVariables): string {
  const items = SECRET_HOLDERS.map((holder) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: holder, namespace, labels: { 'app.kubernetes.io/part-of': 'cpemon' } },
    type: 'Opaque',
    stringData: all[holder],
  }));
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}
