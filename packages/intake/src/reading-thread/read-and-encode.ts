import { randomUUID } from 'node:crypto';
import { isRefusal, readArrayBody, type ReportFormat } from '@cpemon/contracts';
import { encodeEvents } from '@cpemon/event-log';
import type { LanePart, ReadingResult, ReadingTask } from './messages.js';

/** Reads the body of a task and encodes its events for the log; what a reading thread does all day. */
export function readAndEncode(
  { id, body, request, lanes }: ReadingTask,
  format: ReportFormat,
): ReadingResult {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const read = readArrayBody(bytes, format, { ...request, randomId: randomUUID });
  if (isRefusal(read)) return { id, refusal: read, body };
  const encoded = encodeEvents(read.events, lanes);
  const target = Buffer.allocUnsafeSlow(encoded.reduce((sum, part) => sum + part.bytes, 0));
  const parts: LanePart[] = [];
  let end = 0;
  for (const { lane, eventCount, json } of encoded) {
    const length = target.write(json as string, end);
    parts.push({ lane, eventCount, start: end, length });
    end += length;
  }
  const { rejected, drops } = read;
  return { id, bytes: target, parts, eventCount: read.events.length, rejected, drops };
}
