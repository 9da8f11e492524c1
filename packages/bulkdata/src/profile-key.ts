import { hash } from 'node:crypto';
import type { ParameterValues } from '@cpemon/domain';

/** A name that fits as it is into the source of an event. */
const PLAIN_NAME = /^[A-Za-z0-9._-]{1,22}$/;
const KEY_CHARACTERS = 16;

/** What the source of a profile's events is called: its name, or a digest where that has other characters or is long. */
export const keyOfName = (name: string): string => (PLAIN_NAME.test(name) ? name : digest(name));

/**
 * What a profile without a name is called: a digest of the objects it reports, without instances, so that it stays the same
 * while stations come and go.
 */
export function keyOfParameters(parameters: ParameterValues): string {
  const objects = new Set<string>();
  for (const name in parameters) objects.add(withoutInstances(name));
  return objects.size === 0 ? '' : `~${digest([...objects].sort().join('\n'))}`;
}

const FIRST_INSTANCE = /\.\d+(?:\.|$)/;

function withoutInstances(name: string): string {
  const at = name.search(FIRST_INSTANCE);
  return at === -1 ? name : name.slice(0, at);
}

/** What tells the reports of one profile without a name from those of another: exactly its names, in any order. */
export const namesOf = (parameters: ParameterValues): string => Object.keys(parameters).sort().join('\n');

const digest = (text: string): string => hash('sha256', text, 'base64url').slice(0, KEY_CHARACTERS);
