import type { Response } from 'express';
import { LISTED } from './request-values.js';

/** Written in pieces: a large fleet's list must not stand in memory as a whole. */
export async function sendLines(response: Response, type: string, lines: Iterable<string>): Promise<void> {
  response.type(type);
  let piece = '';
  let count = 0;
  for (const line of lines) {
    piece += line;
    count += 1;
    if (count % LISTED !== 0) continue;
    if (!response.write(piece)) {
      await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    }
    piece = '';
    if (response.destroyed) return;
  }
  response.end(piece);
}
