interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
}

interface Operation {
  summary: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: object;
  responses: Record<string, { description: string }>;
  security?: object[];
}

interface ApiDocument {
  info: { description: string };
  paths: Record<string, Record<string, Operation>>;
  tags: { name: string }[];
}

/** An element with attributes and children; text is set as text. */
function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const shown = (title: string, value: unknown): HTMLElement =>
  element('div', {}, element('h4', {}, title), element('pre', {}, JSON.stringify(value, null, 2)));

const parameterTable = (parameters: readonly Parameter[]): HTMLElement =>
  element(
    'table',
    {},
    ...parameters.map(({ name, in: place, required, description }) =>
      element(
        'tr',
        {},
        element('td', {}, element('code', {}, name)),
        element('td', {}, `${place}${required === true ? ', needed' : ''}`),
        element('td', {}, description ?? ''),
      ),
    ),
  );

function routeView(method: string, path: string, operation: Operation): HTMLElement {
  const { summary, parameters = [], requestBody, responses, security } = operation;
  return element(
    'details',
    {},
    element(
      'summary',
      {},
      element('span', { class: 'method' }, method.toUpperCase()),
      element('code', {}, path),
      ` ${summary}`,
    ),
    ...(security?.length === 0 ? [element('p', {}, 'Needs no token.')] : []),
    ...(parameters.length === 0 ? [] : [parameterTable(parameters)]),
    ...(requestBody === undefined ? [] : [shown('Body', requestBody)]),
    shown('Answers', responses),
  );
}

/** Shows /openapi.json, chapter by chapter. */
async function show(): Promise<void> {
  const { info, paths, tags } = (await (await fetch('/openapi.json')).json()) as ApiDocument;
  document.getElementById('about')?.replaceChildren(`${info.description} The document itself: /openapi.json`);
  for (const { name } of tags) {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags.includes(name))
        .map(([method, operation]) => routeView(method, path, operation)),
    );
    document.getElementById('chapters')?.append(element('a', { href: `#${name}` }, name));
    document.getElementById('routes')?.append(element('h2', { id: name }, name), ...operations);
  }
}

show().catch(() =>
  document.getElementById('about')?.replaceChildren('The server does not answer. Load the page again.'),
);
