import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { methodNotAllowed } from '@cpemon/intake';
import { sendProblem } from '@cpemon/service-kit';

/** Where packages/live-page/build.mjs puts the page: the same from the sources and from what is compiled of them. */
const PAGE_FOLDER = join(__dirname, '..', 'dist', 'page');

/** Only what this server itself serves may run, and nobody may frame it or see where a click came from. */
const PAGE_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** Screens of the live page, which finds by itself what to show: no part of the API and its document. */
export const PAGE_SCREENS = [
  ...['/devices', '/devices/:id', '/alerts', '/alerts/:id'],
  ...['/operations', '/operations/*part'],
];
const PAGES: readonly (readonly [paths: string[], file: string])[] = [
  [['/', '/admin', '/login', ...PAGE_SCREENS], 'index.html'],
  [['/docs'], 'docs.html'],
];

/** Names of these files carry a hash of their content: what was loaded once is never asked for again. */
const ASSETS = { immutable: true, maxAge: '365d' } as const;

/** Files that the build has compressed beside themselves. */
const COMPRESSED = /^\/[\w.-]+\.(js|css)$/;

/** The live page and the files it is made of. They hold no data and are open to all. */
export function createPageRoutes(folder: string = PAGE_FOLDER): Router {
  const routes = Router();
  const setHeaders = (response: Response): void => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  };
  for (const [paths, file] of PAGES) {
    routes
      .route(paths)
      .get((_request, response) => {
        const path = join(folder, file);
        if (!existsSync(path)) {
          const detail = 'The page was not built: npm run build.';
          sendProblem(response, { status: 404, code: 'page_not_built', detail });
          return;
        }
        setHeaders(response);
        response.sendFile(path, { cacheControl: false, headers: { 'Cache-Control': 'no-cache' } });
      })
      .all(methodNotAllowed('GET, HEAD'));
  }
  const files = { setHeaders, index: false, redirect: false, dotfiles: 'ignore' } as const;
  routes.use('/assets', (request, response, next) => {
    const [, ending] = COMPRESSED.exec(request.path) ?? [];
    if (ending !== undefined) {
      response.setHeader('Vary', 'Accept-Encoding');
      if (
        request.acceptsEncodings('gzip') !== false &&
        existsSync(join(folder, 'assets', `${request.path}.gz`))
      ) {
        response.setHeader('Content-Encoding', 'gzip');
        response.type(ending);
        request.url = `${request.path}.gz`;
      }
    }
    next();
  });
  routes.use('/assets', express.static(join(folder, 'assets'), { ...files, ...ASSETS }));
  routes.use(express.static(folder, { ...files, maxAge: 0 }));
  return routes;
}
