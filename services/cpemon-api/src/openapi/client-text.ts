import type { apiDocument } from './api-document.js';

interface Schema {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema | true>;
  required?: readonly string[];
  patternProperties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  minProperties?: number;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const HEAD = `/* Made of the document of the API by scripts/check-api-client.mjs --write: changes go there. */

/** What each operation of cpemon-api is asked, and answers. */
export interface Operations {
`;

/** The operations of the API in TypeScript, not formatted yet. */
export function clientText({ paths }: ReturnType<typeof apiDocument>): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ path, method, operation: operation as unknown as Operation },
    })),
  );
  operations.sort((one, other) => (one.operation.operationId < other.operation.operationId ? -1 : 1));
  const types = operations.map(
    ({ operation }) => `/** ${operation.summary.replaceAll('*/', '')} */
${operation.operationId}: {
  path: ${parametersType(operation, 'path')};
  query: ${parametersType(operation, 'query')};
  body: ${bodyType(operation)};
  answer: ${answerType(operation)};
};`,
  );
  const table = operations.map(
    ({ path, method, operation }) =>
      `${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}' },`,
  );
  return `${HEAD}${types.join('\n')}
}

/** Where each operation is. */
export const OPERATIONS = {
${table.join('\n')}
} as const;
`;
}

function parametersType({ parameters = [] }: Operation, place: string): string {
  const given = parameters.filter((each) => each.in === place);
  if (given.length === 0) return 'Record<string, never>';
  const named = given.map(({ name, required, schema }) => {
    if (schema.patternProperties !== undefined) return '[label: `label.${string}`]: string | undefined;';
    const words = schema.enum === undefined ? 'string' : typeOf(schema);
    return `${keyOf(name)}${required ? '' : '?'}: ${words}${required ? '' : ' | undefined'};`;
  });
  return `{ ${named.join(' ')} }`;
}

function bodyType({ requestBody }: Operation): string {
  if (requestBody === undefined) return 'undefined';
  const json = requestBody.content['application/json'];
  const others = Object.keys(requestBody.content).filter((type) => type !== 'application/json');
  const types = [
    ...(json === undefined ? [] : [typeOf(json.schema)]),
    ...(others.length > 0 ? ['string'] : []),
  ];
  if (types.includes('unknown')) return 'unknown';
  return `${types.join(' | ')}${requestBody.required ? '' : ' | undefined'}`;
}

function answerType({ responses }: Operation): string {
  const good = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
  if (good?.content === undefined) return 'undefined';
  const json = good.content['application/json'];
  return json === undefined ? 'string' : typeOf(json.schema);
}

function typeOf(schema: Schema | true | undefined): string {
  if (schema === undefined || schema === true) return 'unknown';
  const { anyOf, enum: words, const: only } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(' | ');
  if (anyOf !== undefined) return anyOf.map((each) => `(${typeOf(each)})`).join(' | ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return schema.properties === undefined ? 'unknown' : objectType(schema);
  return types.map((type) => simpleType(type, schema)).join(' | ');
}

function simpleType(type: string, schema: Schema): string {
  if (type === 'integer') return 'number';
  if (type === 'array') return `(${typeOf(schema.items)})[]`;
  return type === 'object' ? objectType(schema) : type;
}

function objectType({ properties = {}, required = [], ...schema }: Schema): string {
  const { additionalProperties, patternProperties } = schema;
  const named = Object.entries(properties).map(
    ([name, inner]) => `${keyOf(name)}${required.includes(name) ? '' : '?'}: ${typeOf(inner)};`,
  );
  if (named.length > 0) return `{ ${named.join(' ')} }`;
  const values =
    typeof additionalProperties === 'object'
      ? additionalProperties
      : Object.values(patternProperties ?? {})[0];
  if (values !== undefined) return `Record<string, ${typeOf(values)}>`;
  return additionalProperties === false ? 'Record<string, never>' : 'Record<string, unknown>';
}

const keyOf = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `'${name}'`);
