import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from './logger.js';
import { answerClientError } from './connection-errors.js';
import { requestMarks } from './request-marks.js';
import { sendProblem } from './problem.js';
import { cutOffSlowSenders } from './slow-senders.js';

/** A request listener of Node, an Express application, or an async function; its failure is one request's 500. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** What a server grants to those who connect, so that a few cannot keep out the others. */
export interface ConnectionLimits {
  /** Further connections are closed on arrival. */
  maxConnections: number;
  /** The same for each address. */
  maxConnectionsPerAddress: number;
  /** Time for the headers to arrive. */
  headersTimeoutMs: number;
  /** Time for a whole request to arrive. */
  requestTimeoutMs: number;
  /** A body that comes in slower is given up, whatever time it has left; 0: any speed. */
  minBytesPerSecond: number;
}

export interface HttpServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  handler: HttpHandler;
  /** 10,000 connections, 80 % of them for one address, 10 s for the headers, 30 s in all, 100 bytes a second */
  limits?: Partial<ConnectionLimits>;
  /** An idle connection is kept this long; longer than the 60 s at which usual proxies let go, so that they do. 75 s */
  keepAliveTimeoutMs?: number;
  /** A connection on which nothing moves either way is cut, so that a reader that does not read goes. 2 min */
  idleTimeoutMs?: number;
  /** The speed of a body is judged over this. 5 s */
  speedJudgedOverMs?: number;
  /** What is still unanswered this long after `close` began is cut off. 5 s */
  closeTimeoutMs?: number;
  logger: Logger;
}

export interface RunningHttpServer {
  server: Server;
  /** `http://host:port`, with the port really taken. */
  url: string;
  /** Stops accepting, finishes the requests in hand, closes what is idle; resolves when every socket is gone. */
  close(): Promise<void>;
}

/** @throws Error with a sentence for the operator when the address cannot be used */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningHttpServer> {
  const { host, port, handler, logger } = options;
  const limits = limitsOf(options.limits);
  const headersTimeout = limits.headersTimeoutMs;
  const sockets = new Set<Socket>();
  const unanswered = new Set<ServerResponse>();
  let closing: Promise<void> | undefined;

  const server = createServer(
    {
      requestTimeout: limits.requestTimeoutMs,
      headersTimeout,
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 75_000,
      // Node looks for late requests only this often; its default would stretch 10 s to 40 s.
      connectionsCheckingInterval: Math.min(2000, Math.max(50, headersTimeout / 5)),
      noDelay: true,
      // A peer that vanished without a word answers no probe.
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
    },
    (request, response) => {
      const socket = request.socket;
      unanswered.add(response);
      if (closing !== undefined) response.setHeader('Connection', 'close');
      response.once('close', () => {
        unanswered.delete(response);
        if (closing !== undefined) socket.destroySoon();
      });
      const fail = (error: unknown): void => {
        logger.error(
          { err: error, method: request.method, path: pathOf(request.url), ...requestMarks(request.headers) },
          'A request handler failed',
        );
        sendProblem(response, { status: 500, code: 'internal_error' });
      };
      try {
        const outcome = handler(request, response);
        if (outcome instanceof Promise) outcome.catch(fail);
      } catch (error) {
        fail(error);
      }
    },
  );
  server.maxConnections = limits.maxConnections;
  server.setTimeout(options.idleTimeoutMs ?? 120_000);
  const refusals = createRefusalLog(server, logger);
  const perAddress = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const open = (perAddress.get(address) ?? 0) + 1;
    if (open > limits.maxConnectionsPerAddress) {
      refusals.refused();
      socket.destroy();
      return;
    }
    perAddress.set(address, open);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  const cutOffSlow = (socket: Socket): void => {
    const error = Object.assign(new Error('The body came in too slowly'), {
      code: 'ERR_HTTP_REQUEST_TIMEOUT',
    });
    server.emit('clientError', error, socket);
  };
  const stopCutting = cutOffSlowSenders(
    unanswered,
    { minBytesPerSecond: limits.minBytesPerSecond, judgedOverMs: options.speedJudgedOverMs ?? 5000 },
    cutOffSlow,
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const begun = [...unanswered].some(({ headersSent, req }) => headersSent && req.socket === socket);
    if (begun) socket.destroy();
    else answerClientError(error, socket);
  });
  await listen(server, host, port).catch((error: unknown) => {
    stopCutting();
    throw error;
  });

  const closeNow = (): Promise<void> =>
    new Promise((resolve) => {
      stopCutting();
      const cutOff = setTimeout(() => {
        logger.warn(
          { connections: sockets.size },
          'Requests were still unanswered when the server had to close',
        );
        for (const socket of sockets) socket.destroy();
      }, options.closeTimeoutMs ?? 5000);
      server.close(() => {
        clearTimeout(cutOff);
        resolve();
      });
      for (const response of unanswered) {
        if (!response.headersSent) response.setHeader('Connection', 'close');
      }
      const busy = new Set([...unanswered].map(({ req }) => req.socket));
      for (const socket of sockets) {
        if (!busy.has(socket)) socket.destroy();
      }
    });

  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    close: () => (closing ??= closeNow()),
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw new Error(listenProblem(error as NodeJS.ErrnoException, host, port), { cause: error });
  }
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is already taken by another process`;
    case 'EACCES':
      return `port ${port} on ${host} may not be opened by this user`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is not an address of this machine`;
    default:
      return `cannot listen on ${host} port ${port}: ${error.message}`;
  }
}

function limitsOf(given: Partial<ConnectionLimits> = {}): ConnectionLimits {
  const maxConnections = given.maxConnections ?? 10_000;
  return {
    maxConnections,
    maxConnectionsPerAddress: given.maxConnectionsPerAddress ?? Math.ceil(maxConnections * 0.8),
    headersTimeoutMs: given.headersTimeoutMs ?? 10_000,
    requestTimeoutMs: given.requestTimeoutMs ?? 30_000,
    minBytesPerSecond: given.minBytesPerSecond ?? 100,
  };
}

/** One line for a burst of refused connections, not one each. */
function createRefusalLog(server: Server, logger: Logger): { refused(): void } {
  let dropped = 0;
  const refused = (): void => {
    dropped += 1;
    if (dropped > 1) return;
    setTimeout(() => {
      logger.warn({ dropped, limit: server.maxConnections }, 'Connections were refused above the limit');
      dropped = 0;
    }, 5000).unref();
  };
  server.on('drop', refused);
  return { refused };
}

/** The path alone: a query may carry what does not belong in a log. */
const pathOf = (url: string | undefined): string => url?.split('?', 1)[0] ?? '';
