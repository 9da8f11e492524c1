import type { Router } from 'express';
import { createApiRouter } from '../routes/api-routes.js';
import type { RouteBook } from '../routes/route-book.js';
import { apiDocument } from './api-document.js';

export const API_VERSION = '0.1.0';

/** `GET /openapi.json`: all routes of the book, itself among them. The page that shows it is /docs. */
export function createDocumentRoutes(book: RouteBook): Router {
  let document: object | undefined;
  return createApiRouter(book, (declare) => {
    declare({
      ...{ method: 'get', path: '/openapi.json', access: 'anyone', gates: [], etag: true },
      about: { summary: 'This document.', tag: 'page' },
      // Made once all routes are declared.
      answer: () => (document ??= apiDocument(book.routes(), API_VERSION)),
    });
  });
}
