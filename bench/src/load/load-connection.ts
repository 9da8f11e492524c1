import { connect, type Socket } from 'node:net';
import { createResponseParser } from './response-parser.js';

/** A keep-alive connection that carries one request at a time. */
export interface LoadConnection {
  /** Sends a request. The bytes must stay as they are until its answer came. */
  send(bytes: Buffer): void;
  close(): void;
}

export interface LoadConnectionEvents {
  /** `body` is valid during the call only; `head` is status line and headers. */
  answered(status: number, body: Buffer, head: string): void;
  /** The connection is gone; `inHand` says whether a request was without its answer. */
  lost(cause: Error, inHand: boolean): void;
}

/** @throws Error (rejects) when the server cannot be reached */
export function openLoadConnection(
  address: { host: string; port: number },
  events: LoadConnectionEvents,
): Promise<LoadConnection> {
  return new Promise((resolve, reject) => {
    let inHand = false;
    let closing = false;
    let connected = false;
    const parser = createResponseParser((status, body, head) => {
      inHand = false;
      events.answered(status, body, head);
    });
    const received = Buffer.allocUnsafe(65_536);
    // Reading into one buffer of our own spares the stream machinery: the generator must not be the bottleneck.
    const socket: Socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      onread: {
        buffer: received,
        callback(bytes) {
          try {
            parser.push(received.subarray(0, bytes));
          } catch (error) {
            socket.destroy(error as Error);
          }
          return true;
        },
      },
    });
    let cause = new Error('the server closed the connection');
    socket.once('error', (error) => {
      cause = error;
      reject(error);
    });
    socket.once('close', () => {
      if (connected && !closing) events.lost(cause, inHand);
    });
    socket.once('connect', () => {
      connected = true;
      resolve({
        send(bytes) {
          inHand = true;
          socket.write(bytes);
        },
        close() {
          closing = true;
          socket.destroy();
        },
      });
    });
  });
}
