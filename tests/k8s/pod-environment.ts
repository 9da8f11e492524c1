import type { Container, Manifest } from './manifest.js';

/** Values by secret and key, as `npm run cpemon -- secrets kubernetes` makes them. */
export type Secrets = Record<string, Record<string, string>>;

/**
 * The environment that a container of these manifests gets, as the kubelet puts it together.
 * @throws Error that names a config map, a secret or a key that is not there
 */
export function environmentOf(
  { env = [], envFrom = [] }: Container,
  manifests: readonly Manifest[],
  secrets: Secrets,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const { configMapRef, secretRef } of envFrom) {
    if (configMapRef !== undefined) Object.assign(result, configMap(manifests, configMapRef.name));
    if (secretRef !== undefined) Object.assign(result, secret(secrets, secretRef.name));
  }
  // Only what stands in `env` before can be named in a value.
  const named: Record<string, string> = {};
  for (const { name, value, valueFrom = {} } of env) {
    const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
    named[name] =
      secretKeyRef !== undefined
        ? keyOf(secret(secrets, secretKeyRef.name), secretKeyRef.key)
        : configMapKeyRef !== undefined
          ? keyOf(configMap(manifests, configMapKeyRef.name), configMapKeyRef.key)
          : fieldRef !== undefined
            ? 'a-pod-7d9f8b6c5-x2x7k'
            : (value ?? '').replace(/\$\((\w+)\)/g, (whole, other: string) => named[other] ?? whole);
  }
  return { ...result, ...named };
}

function configMap(manifests: readonly Manifest[], name: string): Record<string, string> {
  const found = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  if (found?.data === undefined) throw new Error(`There is no config map ${name}`);
  return found.data;
}

function secret(secrets: Secrets, name: string): Record<string, string> {
  const found = secrets[name];
  if (found === undefined) throw new Error(`Nothing makes a secret ${name}`);
  return found;
}

function keyOf(values: Record<string, string>, key: string): string {
  const value = values[key];
  if (value === undefined) throw new Error(`There is no key ${key}`);
  return value;
}
