import type { RequestSchema } from '@cpemon/contracts';

/** Chapters of the document of the API. */
export type RouteTag =
  | 'intake'
  | 'fleet'
  | 'devices'
  | 'pipeline'
  | 'alerts'
  | 'inventory'
  | 'identity'
  | 'operations'
  | 'access'
  | 'page';

/** What people are told of a route, and what it answers when all is well. */
export interface RouteAbout {
  summary: string;
  tag: RouteTag;
  /** JSON Schema of the answer's body; any object when left out. */
  answer?: object;
  /** Status of a good answer. 200 of what is read, 202 of a wish */
  status?: number;
  /** Media types of good answers beside JSON. */
  media?: readonly string[];
  /** False: a good answer is never JSON. */
  json?: boolean;
  /** Statuses of problems beside those that every route of its access and method has. */
  problems?: readonly number[];
}

/** Who may use a route. `sender`: who may write events; `self`: the route looks by itself. */
export type RouteAccess = 'anyone' | 'sender' | 'reader' | 'operator' | 'self';

export interface RouteDescription {
  method: 'get' | 'post' | 'put' | 'delete';
  /** As Express has it: `/v1/devices/:id`. */
  path: string;
  access: RouteAccess;
  about: RouteAbout;
  query?: RequestSchema;
  /** Schema of a JSON body. */
  body?: RequestSchema;
  /** Schemas of bodies by media type, in place of `body`. */
  bodies?: Readonly<Record<string, object>>;
  /** Headers that the route reads, with what they say. */
  headers?: Readonly<Record<string, string>>;
}

/** All routes that were declared, in the order in which they were. */
export interface RouteBook {
  describe(route: RouteDescription): void;
  routes(): readonly RouteDescription[];
}

export function createRouteBook(): RouteBook {
  const routes: RouteDescription[] = [];
  return { describe: (route) => void routes.push(route), routes: () => routes };
}
