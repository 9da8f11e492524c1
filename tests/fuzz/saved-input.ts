import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAppUnderTest } from './app-under-test';
import { wrongInAnswer, wrongInEvent } from './check-answer';
import type { Violation } from './fuzz-run';
import { createWireClient } from './wire-client';

/** A request as it lies in a file. */
interface SavedInput {
  path: string;
  headers: Record<string, string>;
  /** Base64. */
  body: string;
  wrong: string[];
}

/** @returns the file it is in now */
export function saveInput(folder: string, seed: number, { index, input, wrong }: Violation): string {
  const { path, headers, body } = input;
  const file = join(folder, `seed-${seed}-input-${index}.json`);
  mkdirSync(folder, { recursive: true });
  const saved: SavedInput = { path, headers, body: body.toString('base64'), wrong };
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`);
  return file;
}

/** Sends a saved input again. @returns what is wrong with what came of it */
export async function replayInput(file: string, say: (line: string) => void): Promise<string[]> {
  const { path, headers, body } = JSON.parse(readFileSync(file, 'utf8')) as SavedInput;
  const app = await startAppUnderTest();
  const client = createWireClient(app.host, app.port);
  try {
    const sentAt = performance.now();
    const answer = await client.post(path, headers, Buffer.from(body, 'base64'));
    const events = app.takeEvents();
    say(`${answer.status} after ${(performance.now() - sentAt).toFixed(1)} ms, ${events.length} events`);
    say(answer.body.toString('utf8'));
    return [...wrongInAnswer(path, answer), ...events.flatMap(wrongInEvent)];
  } finally {
    client.close();
    await app.close();
  }
}
