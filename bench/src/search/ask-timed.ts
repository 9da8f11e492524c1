import type { SingleConnection } from '@cpemon/database';
import { WrongResult } from '../benchmark.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { summarise } from '../report/percentiles.js';
import type { Figure } from '../report/result-line.js';

/** Answers of the API, and of the database alone when it is asked by key for what they show, ms each. */
export interface TimedAnswers {
  ours: number[];
  byKey: number[];
}

export async function ask<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new WrongResult(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const startedAt = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - startedAt };
}

/** What whoever lists some devices has to read at any rate: their rows, by key. */
export async function readByKey(connection: SingleConnection, deviceIds: readonly number[]): Promise<number> {
  const { ms } = await timed(async () => {
    if (deviceIds.length === 0) return;
    const [rows] = await connection.query(
      `SELECT * FROM devices AS d JOIN device_state AS s ON s.device_id = d.device_id
         LEFT JOIN device_inventory AS i ON i.device_id = d.device_id WHERE d.device_id IN (?)`,
      [deviceIds],
    );
    JSON.stringify(rows);
  });
  return ms;
}

/** p95 of both, and a line for the reader. */
export function timedFigure(
  name: string,
  say: (line: string) => void,
  { ours, byKey }: TimedAnswers,
): Figure {
  const [answers, limit] = [summarise(ours), summarise(byKey)];
  say(`${name}: ${latencyText(answers)}; the rows by key ${latencyText(limit)}`);
  return ratioFigure(`search.${name}-p95`, 'ms', 'rows-by-key', [{ ours: answers.p95, limit: limit.p95 }]);
}
