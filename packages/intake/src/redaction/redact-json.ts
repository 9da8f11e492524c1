import { REDACTED } from '@cpemon/contracts';
import { hidesItsValue, namesSecret } from './secret-places.js';

/** Deeper than any message; what lies below is left out. */
const DEEPEST = 32;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * JSON with its secrets replaced: what stands under a secret name, and what stands beside the name of one
 * (`{"name": "…Password", "value": "…"}`, `["…Password", "…", "xsd:string"]`). Undefined when it is no JSON.
 * @param redactText for texts that hold no name
 */
export function redactJson(text: string, redactText: (text: string) => string): string | undefined {
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  return JSON.stringify(redacted(parsed, redactText, 0));
}

function redacted(value: Json, redactText: (text: string) => string, depth: number): Json {
  if (typeof value === 'string') return redactText(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= DEEPEST) return REDACTED;
  const inside = (each: Json): Json => redacted(each, redactText, depth + 1);
  if (Array.isArray(value)) {
    const hasName = holdsName(value);
    return value.map((each) => (hasName && isScalar(each) ? nameOrHidden(each) : inside(each)));
  }
  const hasName = Object.entries(value).some(([key, each]) =>
    typeof each === 'string' ? namesSecret(each, key) : Array.isArray(each) && holdsName(each),
  );
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (hidesItsValue(key)) return [key, REDACTED];
      return [key, hasName ? nameOrHidden(each) : inside(each)];
    }),
  );
}

const isScalar = (value: Json): boolean => value === null || typeof value !== 'object';

const holdsName = (values: readonly Json[]): boolean =>
  values.some((each) => typeof each === 'string' && namesSecret(each, undefined));

/** Beside the name of a secret nothing is shown but names. */
function nameOrHidden(value: Json): Json {
  if (typeof value === 'string') return namesSecret(value, undefined) ? value : REDACTED;
  return Array.isArray(value)
    ? value.map((each) => (isScalar(each) ? nameOrHidden(each) : REDACTED))
    : REDACTED;
}
