import type { SingleConnection } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { pause } from '../pause.js';
import { takeOldestHour } from '../watch/slow-group.js';
import type { FaultKind, FaultSite } from './fault.js';

/** An operator's request. @returns the answer, or throws what the API said */
async function ask(site: FaultSite, path: string, body: object): Promise<Record<string, unknown>> {
  const urls = site.stack.urls('cpemon-api');
  let words = 'no cpemon-api is meant to run';
  for (const url of urls) {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${site.stack.tokens.operator}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    }).catch((error: unknown) => ({ ok: false, text: () => Promise.resolve(String(error)) }) as const);
    words = await answer.text();
    if (answer.ok) return JSON.parse(words) as Record<string, unknown>;
  }
  throw new Error(words.slice(0, 200));
}

/** All dead letters, by two operators in the same moment. */
export async function requeueAll(site: FaultSite): Promise<string> {
  const answers = await Promise.allSettled([
    ask(site, '/v1/dead-letters/requeue', { all: true }),
    ask(site, '/v1/dead-letters/requeue', { all: true }),
  ]);
  const asked = answers.flatMap((answer) =>
    answer.status === 'fulfilled' ? [Number(answer.value['asked'])] : [],
  );
  if (asked.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
  return `${asked.join(' and ')} dead letters`;
}

const requeue: FaultKind = {
  name: 'operator-requeue',
  holdMs: [0, 0],
  inject: (site) => requeueAll(site),
};

/** Whoever began to do it may not end it. */
const killAfterRequeue: FaultKind = {
  name: 'kill-writers-after-requeue',
  holdMs: [0, 1500],
  async inject(site, { holdMs }) {
    const detail = await requeueAll(site);
    await pause(holdMs);
    for (const writer of site.stack.of('cpemon-writer')) writer.signal('SIGKILL');
    return detail;
  },
};

const discard: FaultKind = {
  name: 'operator-discard',
  holdMs: [0, 0],
  async inject(site) {
    const answer = await ask(site, '/v1/dead-letters/discard', {
      filter: { state: 'dead', cause: 'always fails' },
    });
    return `${answer['asked'] as number} dead letters`;
  },
};

/** A second pass over the last while, beside the live stream. */
const replay: FaultKind = {
  name: 'operator-replay',
  holdMs: [0, 0],
  async inject(site, { pick }) {
    const from = new Date(Date.now() - 5000 - pick * 40_000).toISOString();
    const answer = await ask(site, '/v1/replay', { from, reason: 'chaos' });
    return `replay ${answer['id'] as number}`;
  },
};

/** Another number of lanes under load. */
const generation: FaultKind = {
  name: 'operator-generation',
  holdMs: [0, 0],
  async inject(site, { pick }) {
    const now = await site.stack.database.using(currentLanes);
    const choices = [8, 12, 16, 24].filter((lanes) => lanes !== now);
    const lanes = choices[Math.floor(pick * choices.length)]!;
    const answer = await ask(site, '/v1/log/generation', { lanes, reason: 'chaos' });
    return `${lanes} lanes, generation ${answer['generation'] as number}`;
  },
};

async function currentLanes(connection: SingleConnection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(
    'SELECT lanes FROM log_generations ORDER BY generation DESC LIMIT 1',
  );
  return Number(row?.['lanes']);
}

/** A slow group has moved on by an hour, and retention is due: the next writer that starts does it. */
const retention: FaultKind = {
  name: 'retention',
  holdMs: [0, 0],
  async inject({ stack }) {
    const hour = await stack.database.using(async (connection) => {
      const taken = await takeOldestHour(connection);
      await connection.query(
        `UPDATE job_leases SET owner = NULL, epoch = epoch + 1, outcome = '', started_at = NULL, finished_at = NULL
          WHERE job = 'log-retention'`,
      );
      return taken;
    });
    const [first] = stack.of('cpemon-writer').filter((writer) => writer.wanted());
    first?.signal('SIGKILL');
    await pause(2500);
    return hour === null ? 'nothing to let go' : `up to hour ${hour}`;
  },
};

export const OPERATOR_FAULTS: readonly FaultKind[] = [
  requeue,
  killAfterRequeue,
  discard,
  replay,
  generation,
  retention,
];
