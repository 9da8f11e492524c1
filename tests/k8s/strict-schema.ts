import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from './manifest.js';

/** A field: a primitive type, `#Type`, a list of one thing, or a map to one thing. */
type Field = string | [Field] | { '*': Field };

interface Schema {
  kinds: Record<string, string>;
  types: Record<string, { fields: Record<string, Field>; required?: string[] }>;
}

/**
 * Names, types and required fields of the kinds used here, taken from the OpenAPI document of that release of Kubernetes
 * (api/openapi-spec/swagger.json, Apache-2.0). What a value means is for an API server to judge.
 */
const schema = JSON.parse(readFileSync(join(__dirname, 'kubernetes-1.36.json'), 'utf8')) as Schema;

/** Kinds that come with software that is not Kubernetes: their fields are not known here. */
export const FOREIGN_KINDS = ['keda.sh/v1alpha1 ScaledObject', 'keda.sh/v1alpha1 TriggerAuthentication'];

const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

/** What an API server would refuse of a manifest: unknown kinds and fields, wrong types, missing fields. */
export function schemaProblems(manifest: Manifest): string[] {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  if (FOREIGN_KINDS.includes(kind)) return [];
  const type = schema.kinds[kind];
  return type === undefined ? [`unknown kind ${kind}`] : checkObject(manifest, type, '');
}

function checkObject(value: unknown, typeName: string, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path}: not an object (${typeName})`];
  const { fields, required = [] } = schema.types[typeName]!;
  const given = value as Record<string, unknown>;
  return [
    ...required.filter((name) => !(name in given)).map((name) => `${path}.${name}: missing`),
    ...Object.entries(given).flatMap(([name, member]) => {
      const field = fields[name];
      return field === undefined
        ? [`${path}.${name}: unknown field`]
        : checkField(member, field, `${path}.${name}`);
    }),
  ];
}

function checkField(value: unknown, field: Field, path: string): string[] {
  if (Array.isArray(field)) {
    if (!Array.isArray(value)) return [`${path}: not a list`];
    return value.flatMap((each, index) => checkField(each, field[0], `${path}[${index}]`));
  }
  if (typeof field === 'object') {
    if (typeof value !== 'object' || value === null) return [`${path}: not a map`];
    return Object.entries(value).flatMap(([name, each]) => checkField(each, field['*'], `${path}.${name}`));
  }
  if (field.startsWith('#')) return checkObject(value, field.slice(1), path);
  return fits(value, field) ? [] : [`${path}: ${JSON.stringify(value)} is no ${field}`];
}

function fits(value: unknown, type: string): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'quantity':
      return (typeof value === 'string' && QUANTITY.test(value)) || typeof value === 'number';
    case 'int|string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    default:
      return typeof value === type;
  }
}
