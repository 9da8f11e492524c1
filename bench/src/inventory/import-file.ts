import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { WrongResult } from '../benchmark.js';
import type { IngestProcess } from '../stack/private-stack.js';

export const OPERATOR_TOKEN = 'bench-operator';

export interface FinishedImport {
  seconds: number;
  counts: Record<string, number>;
}

/** Imports a file and waits until its rows are written and their commands are in the log. */
export async function importFile(api: IngestProcess, path: string, id: string): Promise<FinishedImport> {
  const url = `http://127.0.0.1:${api.port}/v1/inventory/imports`;
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'text/csv' };
  const startedAt = performance.now();
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
  const init: RequestInit = { method: 'POST', headers, body, duplex: 'half' };
  const begun = await fetch(`${url}?id=${id}`, init);
  if (begun.status !== 202)
    throw new WrongResult(`an import was answered ${begun.status}: ${await begun.text()}`);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const answer = await fetch(`${url}/${id}`, { headers });
    const { state, problem, counts } = (await answer.json()) as {
      state: string;
      problem: string | null;
      counts: Record<string, number>;
    };
    if (state === 'running') continue;
    if (state !== 'done') throw new WrongResult(`the import is ${state}: ${problem}`);
    return { seconds: (performance.now() - startedAt) / 1000, counts };
  }
}
