import { isSecretName } from './secret-names.js';

/** Keys by which an ACS knows its own commands, which tell one event from another. */
const HARMLESS = /^(?:command_?keys?|parameter_?key)$/i;

/**
 * An element as text for the identity of its event, without its secrets: a hash of one could be guessed. The same element
 * gives the same text.
 */
export const textWithoutSecrets = (element: unknown): string => JSON.stringify(element, withoutSecrets);

function withoutSecrets(name: string, value: unknown): unknown {
  if (isSecret(name)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  // The parameter of a list: its name, and then its value.
  if (Array.isArray(value)) return isSecret(value[0]) ? [value[0] as unknown] : value;
  const named = value as { name?: unknown; Name?: unknown; path?: unknown };
  const parameter = named.name ?? named.Name ?? named.path;
  return isSecret(parameter) ? { name: parameter } : value;
}

const isSecret = (name: unknown): boolean =>
  typeof name === 'string' && name !== '' && isSecretName(name) && !HARMLESS.test(name);
