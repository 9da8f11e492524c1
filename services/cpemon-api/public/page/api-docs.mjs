import { byId, element, setText } from './element.mjs';

/**
 * @typedef {{ name: string, in: string, required?: boolean, description?: string }} Parameter
 * @typedef {{ summary: string, tags: string[], parameters?: Parameter[], requestBody?: object,
 *   responses: Record<string, { description: string }>, security?: object[] }} Operation
 */

/** @param {string} title @param {unknown} value */
const shown = (title, value) =>
  element('div', {}, element('h4', {}, title), element('pre', {}, JSON.stringify(value, null, 2)));

/** @param {Parameter[]} parameters */
const parameterTable = (parameters) =>
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

/** @param {string} method @param {string} path @param {Operation} operation */
function routeView(method, path, operation) {
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

async function show() {
  const answer = await fetch('/openapi.json');
  const { info, paths, tags } = await answer.json();
  setText(byId('about'), `${String(info.description)} The document itself: /openapi.json`);
  for (const { name } of tags) {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags.includes(name))
        .map(([method, operation]) => routeView(method, path, operation)),
    );
    byId('chapters').append(element('a', { href: `#${String(name)}` }, name));
    byId('routes').append(element('h2', { id: name }, name), ...operations);
  }
}

show().catch(() => setText(byId('about'), 'The server does not answer. Load the page again.'));
