import { join } from 'node:path';
import express, { Router, type Response } from 'express';
import { methodNotAllowed } from '@cpemon/intake';

const PUBLIC_FOLDER = join(__dirname, '..', 'public');

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
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
} as const;

/** Where login links lead, and the page that shows the document of the API. */
const OTHER_PAGES = [
  ['/login', 'login.html'],
  ['/docs', 'docs.html'],
] as const;

/** The live page: `/`, `/admin?sn=…`, and the files it is made of. They hold no data and are open to all. */
export function createPageRoutes(folder: string = PUBLIC_FOLDER): Router {
  const routes = Router();
  const setHeaders = (response: Response): void => {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
  };
  routes
    .route(['/', '/admin'])
    .get((_request, response) => {
      setHeaders(response);
      response.sendFile(join(folder, 'index.html'));
    })
    .all(methodNotAllowed('GET, HEAD'));
  for (const [path, file] of OTHER_PAGES) {
    routes
      .route(path)
      .get((_request, response) => {
        setHeaders(response);
        response.sendFile(join(folder, file));
      })
      .all(methodNotAllowed('GET, HEAD'));
  }
  routes.use(
    express.static(folder, {
      setHeaders,
      maxAge: 0,
      cacheControl: true,
      redirect: false,
      dotfiles: 'ignore',
    }),
  );
  return routes;
}
