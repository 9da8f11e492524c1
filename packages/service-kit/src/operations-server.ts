import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Logger } from './logger.js';
import { startHttpServer } from './http-server.js';
import { sendProblem } from './problem.js';

export interface ReadinessReport {
  ready: boolean;
  /** By dependency; `detail` says what is wrong in words. */
  checks: Record<string, { ok: boolean; detail?: string }>;
}

/** A further place on the operations port, with its own check of who asks. */
export interface ExtraRoute {
  path: `/${string}`;
  /** Answers GET of `path` and of what lies below it. @param rest what follows `path` and a slash, '' for nothing */
  answer(request: IncomingMessage, response: ServerResponse, rest: string): void;
}

export interface OperationsServerOptions {
  host: string;
  port: number;
  registry: Registry;
  /** Looks at the dependencies. Asked once at a time; not answering within the time limit counts as not ready. */
  ready: () => Promise<ReadinessReport> | ReadinessReport;
  /** 2 s */
  readyTimeoutMs?: number;
  extraRoutes?: readonly ExtraRoute[];
  logger: Logger;
}

const ROUTES = ['/livez', '/readyz', '/metrics'] as const;

/** `/livez` (the process), `/readyz` (its dependencies) and `/metrics`, on a port of their own. */
export async function startOperationsServer(
  options: OperationsServerOptions,
): Promise<{ url: string; close(): Promise<void> }> {
  const { host, port, registry, logger, extraRoutes = [] } = options;
  const readiness = createReadiness(options.ready, options.readyTimeoutMs ?? 2000);

  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    if (path === '/') return sendJson(response, 200, { routes: ROUTES });
    if (path === '/livez') return sendJson(response, 200, { status: 'alive' });
    if (path === '/readyz') {
      const report = await readiness();
      if (report.ready) return sendJson(response, 200, report);
      return sendProblem(response, { status: 503, code: 'not_ready', extra: { ...report } });
    }
    if (path === '/metrics') {
      const text = await registry.metrics();
      response.writeHead(200, { 'Content-Type': registry.contentType }).end(text);
      return;
    }
    sendProblem(response, {
      status: 404,
      code: 'not_found',
      detail: `Here are ${ROUTES.join(', ')}.`,
    });
  };

  const server = await startHttpServer({
    host,
    port,
    logger,
    limits: { maxConnections: 200 },
    handler: (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return sendProblem(response, { status: 405, code: 'method_not_allowed' });
      }
      const path = request.url?.split('?', 1)[0] ?? '';
      const extra = extraRoutes.find((each) => path === each.path || path.startsWith(`${each.path}/`));
      if (extra !== undefined) return extra.answer(request, response, path.slice(extra.path.length + 1));
      return answer(path, response);
    },
  });
  return { url: server.url, close: () => server.close() };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(body));
}

/** Shares one evaluation among concurrent callers, so that a dependency that hangs is not asked again and again. */
function createReadiness(
  ready: OperationsServerOptions['ready'],
  timeoutMs: number,
): () => Promise<ReadinessReport> {
  let underWay: Promise<ReadinessReport> | undefined;
  const notReady = (detail: string): ReadinessReport => ({
    ready: false,
    checks: { readiness: { ok: false, detail } },
  });
  const evaluate = async (): Promise<ReadinessReport> => {
    try {
      return await ready();
    } catch (error) {
      return notReady(error instanceof Error ? error.message : String(error));
    } finally {
      underWay = undefined;
    }
  };
  return async () => {
    underWay ??= evaluate();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ReadinessReport>((resolve) => {
      timer = setTimeout(() => resolve(notReady(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      return await Promise.race([underWay, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
