import type { Schemas } from './compare-snapshots.js';
import type { JsonSchema } from './json-schema.js';

/** The part of docs/schemas.md that is made of the schemas: a table for the envelope, and one for the data of each type. */
export function schemaPage(schemas: Schemas): string {
  const [first] = Object.values(schemas);
  const { data: _data, type: _type, ...envelope } = first?.properties ?? {};
  const sections = Object.entries(schemas).map(([type, schema]) =>
    section(`### ${type}`, `${schema.title ?? ''}.`, schema.properties?.['data'] ?? {}),
  );
  const common = {
    properties: envelope,
    ...(first?.required === undefined ? {} : { required: first.required }),
  };
  return [section('### Every event', 'Beside its type and data.', common), ...sections].join('\n\n');
}

function section(heading: string, sentence: string, { properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).flatMap(([name, schema]) =>
    rowsOf(name, schema, required.includes(name)),
  );
  return [heading, '', sentence, '', '| member | is | means |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(name: string, schema: JsonSchema, isRequired: boolean): string[] {
  const { properties, required = [], additionalProperties: values } = schema;
  const row = `| \`${name}\`${isRequired ? ', always' : ''} | ${kindOf(schema)} | ${schema.description ?? ''} |`;
  const known = Object.entries(properties ?? {}).flatMap(([inner, each]) =>
    rowsOf(`${name}.${inner}`, each, required.includes(inner)),
  );
  const others =
    typeof values === 'object' && values.properties !== undefined
      ? rowsOf(`${name}.*`, values, false).slice(1)
      : [];
  return [row, ...known, ...others];
}

function kindOf({ type, enum: choices, items, additionalProperties: values, ...bounds }: JsonSchema): string {
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if (items !== undefined) return `list of ${kindOf(items)}, at most ${bounds.maxItems}`;
  if (typeof values === 'object') return `object of ${kindOf(values)}`;
  const kind = Array.isArray(type)
    ? (type as string[]).join(' or ')
    : ((type as string | undefined) ?? 'any');
  const { minimum, maximum, maxLength } = bounds;
  if (minimum !== undefined && maximum !== undefined) return `${kind}, ${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${kind}, at least ${minimum}`;
  return maxLength === undefined ? kind : `${kind}, at most ${maxLength} characters`;
}
