import { notFound } from '@cpemon/intake';
import {
  startHttpServer,
  type ConnectionLimits,
  type HttpHandler,
  type Logger,
  type RunningHttpServer,
} from '@cpemon/service-kit';

/** CPEs are slow, and behind bad lines. */
const HEADERS_TIMEOUT_MS = 30_000;
const REQUEST_TIMEOUT_MS = 120_000;
/** Between two requests of a session; longer than the 60 s at which usual proxies let go. */
const KEEP_ALIVE_MS = 75_000;

export const CWMP = '/cwmp';

/** Whether a URL is that of CWMP on the public port. */
export function isCwmpPath(url: string | undefined): boolean {
  if (url === undefined || !url.startsWith(CWMP)) return false;
  return url.length === CWMP.length || /^\/?(\?|$)/.test(url.slice(CWMP.length));
}

/** The port for CPEs alone: `/cwmp` and `/`, as ACS URLs are written in the field. */
export function startCwmpListener(options: {
  host: string;
  port: number;
  route: HttpHandler;
  limits: ConnectionLimits;
  logger: Logger;
}): Promise<RunningHttpServer> {
  const { host, port, route, limits, logger } = options;
  return startHttpServer({
    ...{ host, port, logger },
    handler(request, response) {
      const { url = '/' } = request;
      if (url === '/' || url.startsWith('/?') || isCwmpPath(url)) return route(request, response);
      return notFound(request, response);
    },
    limits: {
      ...limits,
      headersTimeoutMs: HEADERS_TIMEOUT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    },
    keepAliveTimeoutMs: KEEP_ALIVE_MS,
  });
}
