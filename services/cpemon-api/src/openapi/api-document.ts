import { STATUS_CODES } from 'node:http';
import type { RequestSchema } from '@cpemon/contracts';
import type { RouteDescription } from '../routes/route-book.js';
import { operationIdOf } from './operation-id.js';

/** What says of a schema where it stands, and means nothing in a document. */
const OF_FILES = new Set(['$schema', '$id']);

/**
 * The API in OpenAPI 3.1, made of the routes as they were declared and of the schemas that check what they are asked.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function apiDocument(routes: readonly RouteDescription[], version: string) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    (paths[path] ??= {})[route.method] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'CPEmon',
      version,
      description:
        'Events of CPEs in; the fleet, its devices and the pipeline out. Times are RFC 3339 in UTC, names snake_case, a list is {items, next_cursor}, an error application/problem+json with a stable code.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { session: [] }],
    tags: [...new Set(routes.map(({ about }) => about.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        bearer: {
          ...{ type: 'http', scheme: 'bearer' },
          description: 'A token of a viewer, of support, of an operator, or of a sender of events',
        },
        session: {
          ...{ type: 'apiKey', in: 'cookie', name: 'cpemon_session' },
          description: 'Made by POST /v1/session. What changes something needs X-CSRF-Token as well.',
        },
      },
    },
  };
}

/** RFC 9457. */
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable, from a closed set' },
    detail: { type: 'string', description: 'For people' },
    correlation_id: { type: 'string' },
  },
};

export const openApiPath = (path: string): string => path.replace(/:([a-z_]+)/gi, '{$1}');

function operationOf(route: RouteDescription): object {
  const { method, path, access, about } = route;
  const parameters = [...pathParameters(path), ...queryParameters(route.query), ...headers(route.headers)];
  const content = bodyContent(route);
  return {
    operationId: operationIdOf(method, path),
    ...{ summary: about.summary, tags: [about.tag] },
    ...(access === 'anyone' || access === 'self' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === undefined ? {} : { requestBody: { required: needsBody(route), content } }),
    responses: responsesOf(route),
  };
}

const pathParameters = (path: string): object[] =>
  [...path.matchAll(/:([a-z_]+)/gi)].map(([, name]) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string', minLength: 1 } },
  }));

function queryParameters(schema: RequestSchema | undefined): object[] {
  if (schema === undefined) return [];
  const { properties, patternProperties, required = [] } = schema;
  const named = Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as { description?: string };
    return {
      ...{ name, in: 'query', required: required.includes(name), schema: plain(rest) },
      ...(description === undefined ? {} : { description }),
    };
  });
  if (patternProperties === undefined) return named;
  const labels = {
    ...{ name: 'labels', in: 'query', required: false, style: 'form', explode: true },
    description: 'Parameters whose names follow a pattern: label.NAME=VALUE',
    schema: { type: 'object', patternProperties: plain(patternProperties), additionalProperties: false },
  };
  return [...named, labels];
}

const headers = (given: Readonly<Record<string, string>> = {}): object[] =>
  Object.entries(given).map(([name, description]) => ({
    ...{ name, in: 'header', required: false, schema: { type: 'string' }, description },
  }));

function bodyContent({ body, bodies }: RouteDescription): Record<string, object> | undefined {
  if (bodies !== undefined) {
    return Object.fromEntries(
      Object.entries(bodies).map(([type, schema]) => [type, { schema: plain(schema) }]),
    );
  }
  return body === undefined ? undefined : { 'application/json': { schema: plain(body) } };
}

const needsBody = ({ body, bodies }: RouteDescription): boolean =>
  bodies !== undefined || (body?.required?.length ?? 0) > 0;

function responsesOf({
  method,
  access,
  about,
  body,
  bodies,
  path,
}: RouteDescription): Record<string, object> {
  const status = about.status ?? (method === 'post' && access === 'operator' ? 202 : 200);
  const content: Record<string, object> = {};
  if (about.json !== false) content['application/json'] = { schema: plain(about.answer ?? ANY_OBJECT) };
  for (const type of about.media ?? []) content[type] = { schema: { type: 'string' } };
  const good = {
    description: STATUS_CODES[status],
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
  const problems = new Set(about.problems ?? []);
  const has = (...statuses: number[]): void => statuses.forEach((each) => problems.add(each));
  // Headers that are too large are refused before anybody looks at the path.
  has(431);
  if (access !== 'anyone') has(400, 503);
  if (access === 'reader' || access === 'operator') has(401, 403, 429);
  if (access === 'sender') has(401, 403, 408, 413, 415);
  if (access === 'operator') has(409);
  if (path.includes(':') || access === 'operator') has(404);
  if (body !== undefined || bodies !== undefined) has(400, 413, 415);
  return Object.fromEntries<object>([
    [String(status), good],
    ...(method === 'get' && about.json !== false && access === 'reader'
      ? ([['304', { description: 'What If-None-Match names still holds.' }]] as [string, object][])
      : []),
    ...[...problems]
      .sort((one, other) => one - other)
      .map((each): [string, object] => [
        String(each),
        { description: STATUS_CODES[each] ?? 'Problem', content: PROBLEM_CONTENT },
      ]),
  ]);
}

const ANY_OBJECT = { type: 'object' };
const PROBLEM_CONTENT = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

/** A schema without what is of files only. */
function plain(value: unknown): object {
  const copy = (each: unknown): unknown => {
    if (Array.isArray(each)) return (each as unknown[]).map(copy);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each as Record<string, unknown>)
        .filter(([name]) => !OF_FILES.has(name))
        .map(([name, inner]) => [name, name === 'pattern' ? portable(inner) : copy(inner)]),
    );
  };
  return copy(value) as object;
}

/** Classes of characters in a way that readers of patterns in any language know. */
const portable = (pattern: unknown): unknown =>
  typeof pattern === 'string'
    ? pattern.replaceAll('\\p{Cc}', '\\x00-\\x1f\\x7f-\\x9f').replaceAll('\\p{Cs}', '\\ud800-\\udfff')
    : pattern;
