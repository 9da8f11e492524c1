import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Looks at the requests whose bodies have not arrived whole and calls `cutOff` for those that came in slower than the
 * floor. One that waits for us, because we do not read on, is left alone. @returns stops looking
 */
export function cutOffSlowSenders(
  unanswered: ReadonlySet<ServerResponse>,
  { minBytesPerSecond, judgedOverMs }: { minBytesPerSecond: number; judgedOverMs: number },
  cutOff: (socket: Socket) => void,
): () => void {
  if (minBytesPerSecond === 0) return () => undefined;
  const floor = (minBytesPerSecond * judgedOverMs) / 1000;
  let readBefore = new WeakMap<ServerResponse, number>();
  const timer = setInterval(() => {
    const readNow = new WeakMap<ServerResponse, number>();
    for (const response of unanswered) {
      const { req: request } = response;
      if (request.complete) continue;
      const { bytesRead } = request.socket;
      const before = readBefore.get(response);
      const waitsForUs = request.readableLength > 0;
      if (before !== undefined && !waitsForUs && bytesRead - before < floor) cutOff(request.socket);
      else readNow.set(response, bytesRead);
    }
    readBefore = readNow;
  }, judgedOverMs);
  timer.unref();
  return () => clearInterval(timer);
}
