import { compileSchema } from '@cpemon/contracts';
import { openApiPath } from './api-document.js';
import { describeApi } from './describe-api.js';
import { PAGE_SCREENS } from '../page-routes.js';

const { document: whole, routes } = describeApi();
const document = whole as unknown as {
  paths: Record<string, Record<string, { operationId: string; summary: string; responses: object }>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

interface Layer {
  route?: { path: string | string[]; stack: { method?: string }[] };
  handle: { stack?: Layer[] };
}

/** What Express serves: method and path of every handler that is not for all methods. */
function servedBy(stack: readonly Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return servedBy(handle.stack ?? []);
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return [route.path]
      .flat()
      .filter((path) => !PAGE_SCREENS.includes(path))
      .flatMap((path) => [...methods].map((method) => `${method} ${openApiPath(path)}`));
  });
}

test('every route that is served, but for the screens of the page, is in the document, and no other', () => {
  const served = servedBy((routes as unknown as { router: { stack: Layer[] } }).router.stack);
  expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
    [...new Set(served)].sort(),
  );
});

test('every route says what it is for', () => {
  expect(operations.filter(({ summary }) => summary === '').map(({ path }) => path)).toEqual([]);
});

test('every operation has a name of its own', () => {
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z0-9]+$/);
});

test('every schema in it can be compiled', () => {
  const schemas: object[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'schema' && !('$ref' in (inner as object))) schemas.push(inner as object);
      else collect(inner);
    }
  };
  collect(document.paths);
  expect(schemas.length).toBeGreaterThan(50);
  for (const schema of schemas) expect(() => compileSchema(schema)).not.toThrow();
});

test('it says of a list what it may be asked, and what it answers', () => {
  expect(document.paths['/v1/devices']!['get']).toMatchObject({
    operationId: 'getDevices',
    parameters: expect.arrayContaining([
      expect.objectContaining({ name: 'q', in: 'query' }),
      expect.objectContaining({ name: 'labels', style: 'form', explode: true }),
    ]),
    responses: {
      200: { content: { 'application/json': { schema: { required: ['items', 'next_cursor', 'as_of'] } } } },
      400: { content: { 'application/problem+json': {} } },
      401: {},
      429: {},
    },
  });
});
