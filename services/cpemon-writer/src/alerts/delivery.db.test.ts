import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { readAlertSettings, type AlertSettings } from '@cpemon/alerts';
import { createSteadyConnection, type SteadyConnection } from '@cpemon/event-log';
import {
  acknowledgeAlert,
  addSilence,
  addToOutbox,
  endSilence,
  putAlert,
  readReceiverStates,
  type AlertRow,
} from '@cpemon/store';
import pino from 'pino';
import type { RowDataPacket } from 'mysql2';
import { eventually } from '../../../../tests/support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/test-database.js';
import { newAlert } from './alert-book.js';
import type { PostedAlert } from './alertmanager.js';
import { deliver } from './delivery.js';
import { retryAfterMs } from './outbox-sender.js';

interface Arrived {
  id: string;
  what: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let database: TestDatabase;
let link: SteadyConnection;
let servers: Server[];
let stopping: AbortController;
let delivering: Promise<void>;

beforeEach(async () => {
  database = await createTestDatabase();
  link = createSteadyConnection({
    ...{ address: await database.login('writer'), sessionMs: 30_000, lockWaitMs: 1000 },
  });
  servers = [];
  stopping = new AbortController();
  delivering = Promise.resolve();
});
afterEach(async () => {
  stopping.abort();
  await delivering;
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await link.close();
  await database.drop();
});

/** A receiver of its own. @returns what arrived, and its address */
async function receiver(
  answer: (response: ServerResponse, nth: number) => void,
): Promise<{ url: string; arrived: Arrived[] }> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const what = `${request.method} ${request.url}`;
      arrived.push({ id, what, headers: request.headers, body: Buffer.concat(parts).toString() });
      answer(response, arrived.length);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, arrived };
}

/** An address where nobody listens. */
async function nobodyAt(): Promise<string> {
  const { url } = await receiver(ok);
  await new Promise((resolve) => servers.pop()!.close(resolve));
  return url;
}

const ok = (response: ServerResponse): void => void response.writeHead(204).end();
const SECRET = Buffer.from('a secret of thirty-two characters');

function start(settings: AlertSettings): void {
  delivering = deliver({
    ...{ link, logger: pino({ level: 'silent' }), signal: stopping.signal, everyMs: 20, resendEveryMs: 200 },
    settings: {
      current: () => settings,
      secretOf: (place) => Promise.resolve(place === null ? null : SECRET),
    },
  });
}

async function enqueue(receivers: string[], messages: number, from = 1): Promise<void> {
  const connection = await database.pool.getConnection();
  await connection.query('START TRANSACTION');
  for (let n = from; n < from + messages; n += 1)
    await addToOutbox(
      connection,
      receivers.map((name) => ({
        ...{ receiver: name, messageId: `m${n}`, kind: 'alert.firing', alertId: n, body: `{"n":${n}}` },
      })),
      Date.now(),
    );
  await connection.query('COMMIT');
  connection.release();
}

const states = async () =>
  new Map((await readReceiverStates(database.pool)).map((state) => [state.receiver, state]));
const ids = (arrived: readonly Arrived[]): string[] => arrived.map(({ id }) => id);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n + 1}`);

test('messages arrive in order, signed as Standard Webhooks say, once when nothing fails', async () => {
  const { url, arrived } = await receiver(ok);
  await enqueue(['noc'], 30);
  start(readAlertSettings({ receivers: [{ name: 'noc', type: 'webhook', url, secret_env: 'NOC' }] }));
  await eventually('all arrived', () => Promise.resolve(arrived.length === 30));
  expect(ids(arrived)).toEqual(numbered(30));
  const [{ headers, body, id } = arrived[0]!] = arrived;
  const timestamp = String(headers['webhook-timestamp']);
  const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${body}`).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
  await eventually('all are settled', async () => (await states()).get('noc')!.waiting === 0);
});

test('receivers that are dead, hang, redirect or answer a megabyte keep nobody else waiting', async () => {
  const good = await receiver(ok);
  const hanging = await receiver(() => undefined);
  const elsewhere = await receiver(ok);
  const redirecting = await receiver(
    (response) => void response.writeHead(307, { location: elsewhere.url }).end(),
  );
  const broken = await receiver((response) => void response.writeHead(500).end('no'));
  const chatty = await receiver((response) => void response.writeHead(200).end(Buffer.alloc(1 << 20)));
  const urls = {
    ...{ good: good.url, hanging: hanging.url, redirecting: redirecting.url, broken: broken.url },
    ...{ chatty: chatty.url, dead: await nobodyAt() },
  };
  await enqueue(Object.keys(urls), 20);
  const began = performance.now();
  start(
    readAlertSettings({
      receivers: Object.entries(urls).map(([name, url]) => ({ name, type: 'webhook', url })),
    }),
  );
  await eventually('the others have it all', () =>
    Promise.resolve(good.arrived.length === 20 && chatty.arrived.length === 20),
  );
  expect(performance.now() - began).toBeLessThan(8000);
  expect(ids(good.arrived)).toEqual(numbered(20));
  await eventually('failures are known', async () => {
    const known = await states();
    return ['redirecting', 'broken', 'dead'].every((name) => known.get(name)!.failingSince !== null);
  });
  const known = await states();
  expect(known.get('broken')).toMatchObject({ waiting: 20, dead: 0, lastError: 'answered 500' });
  expect(known.get('redirecting')).toMatchObject({ waiting: 20, lastError: 'answered 307' });
  expect(known.get('dead')!.lastError).toContain('ECONNREFUSED');
  expect(known.get('hanging')!.waiting).toBe(20);
  // A secret goes only where it was told to, and one message is tried at a time.
  expect(elsewhere.arrived).toEqual([]);
  expect(new Set(ids(broken.arrived))).toEqual(new Set(['m1']));
}, 30_000);

test('a receiver that comes back gets everything, in order, under the ids of the first attempts', async () => {
  const { url, arrived } = await receiver(
    (response, nth) => void response.writeHead(nth <= 2 ? 503 : 200).end(),
  );
  await enqueue(['noc'], 5);
  start(readAlertSettings({ receivers: [{ name: 'noc', type: 'webhook', url }] }));
  const again = setInterval(() => {
    void database.pool.query("UPDATE outbox_receivers SET next_at = NULL WHERE receiver = 'noc'");
  }, 100);
  await eventually('all arrived', () => Promise.resolve(arrived.length === 7), 15_000);
  clearInterval(again);
  expect(ids(arrived)).toEqual(['m1', 'm1', ...numbered(5)]);
  await eventually('it is well again', async () => (await states()).get('noc')!.failingSince === null);
});

test('what nobody took for a day is given up and stays visible', async () => {
  const { url, arrived } = await receiver(ok);
  await enqueue(['noc'], 3);
  await database.pool.query('UPDATE outbox SET made_at = made_at - INTERVAL 25 HOUR WHERE position <= 2');
  start(readAlertSettings({ receivers: [{ name: 'noc', type: 'webhook', url }] }));
  await eventually('the third arrived', () => Promise.resolve(arrived.length === 1));
  expect(ids(arrived)).toEqual(['m3']);
  await eventually('it is noted', async () => (await states()).get('noc')!.waiting === 0);
  expect((await states()).get('noc')).toMatchObject({ dead: 2 });
});

/** An alert of a line, stored. */
const store = async (sn: string, fields: Partial<AlertRow>): Promise<AlertRow> => {
  const now = Date.now();
  const alert: AlertRow = {
    ...newAlert(
      {
        ...{ openKey: `a:${sn}`, rule: 'business-offline', kind: 'device', severity: 'critical' },
        ...{ summary: sn, startedAt: now - 600_000, serialNumber: sn, labels: { tier: 'business' } },
      },
      now,
    ),
    ...{ state: 'firing', notification: 'sent' },
    ...fields,
  };
  alert.alertId = await putAlert(database.pool, alert);
  return alert;
};

test('Alertmanager hears of active alerts again and again, at every replica, and of ended ones for a while', async () => {
  const first = await receiver(ok);
  const second = await receiver(ok);
  const now = Date.now();
  const resolved = { state: 'resolved', endedAt: now - 60_000 } as const;
  const { startedAt } = await store('ON', {});
  await store('LINKED', { quiet: 'group' });
  await store('UNTOLD', { notification: 'none' });
  await store('ENDED', { ...resolved, resolvedAt: now - 5 * 60_000 });
  await store('LONG-AGO', { ...resolved, resolvedAt: now - 20 * 60_000 });
  const urls = [first.url, second.url].map((url) => url.replace('/hook', '/am'));
  start(readAlertSettings({ receivers: [{ name: 'am', type: 'alertmanager', urls }] }));
  await eventually('it is told again', () =>
    Promise.resolve(first.arrived.length >= 3 && second.arrived.length >= 3),
  );
  const posted = JSON.parse(first.arrived[2]!.body) as PostedAlert[];
  expect(posted.map(({ labels }) => labels['sn']).sort()).toEqual(['ENDED', 'ON']);
  const on = posted.find(({ labels }) => labels['sn'] === 'ON')!;
  expect(on.labels).toMatchObject({ alertname: 'business-offline', tier: 'business', severity: 'critical' });
  expect(on.startsAt).toBe(new Date(startedAt).toISOString());
  expect(Date.parse(on.endsAt) - Date.now()).toBeGreaterThan(3.5 * 60_000);
  expect(Date.parse(posted.find(({ labels }) => labels['sn'] === 'ENDED')!.endsAt)).toBeLessThan(now);
  await eventually('both are known to be well', async () => {
    const known = await states();
    return known.get('am/0')?.lastOkAt != null && known.get('am/1')?.lastOkAt != null;
  });
});

/** An Alertmanager, as far as it is asked: it takes alerts, and makes, keeps and ends silences. */
async function alertmanager(isAway: () => boolean = () => false) {
  let made = 0;
  const silences = new Map<string, Record<string, unknown>>();
  const { url, arrived } = await receiver((response, nth) => {
    const { what, body } = arrived[nth - 1]!;
    if (isAway()) return void response.writeHead(503).end();
    if (what === 'POST /am/api/v2/silences') {
      const asked = JSON.parse(body) as { id?: string };
      if (asked.id !== undefined && !silences.has(asked.id)) return void response.writeHead(404).end();
      const id = asked.id ?? `s${(made += 1)}`;
      silences.set(id, asked);
      return void response.writeHead(200).end(JSON.stringify({ silenceID: id }));
    }
    if (what.startsWith('DELETE ')) silences.delete(what.slice('DELETE /am/api/v2/silence/'.length));
    response.writeHead(200).end();
  });
  const postedOf = ({ body }: Arrived) => JSON.parse(body) as PostedAlert[];
  const posts = () => arrived.filter(({ what }) => what === 'POST /am/api/v2/alerts').map(postedOf);
  return { url: url.replace('/hook', '/am'), arrived, silences, posts };
}
const toAlertmanager = (urls: string[]): AlertSettings =>
  readAlertSettings({ receivers: [{ name: 'am', type: 'alertmanager', urls }] });

test('what somebody has acknowledged stays on at Alertmanager, silenced there, and its end is heard', async () => {
  const am = await alertmanager();
  const alert = await store('ACKED', {});
  await store('OTHER', {});
  await acknowledgeAlert(database.pool, { alertId: alert.alertId, actor: 'anna', note: 'on my way' });
  start(toAlertmanager([am.url]));
  await eventually('the silence is made longer', () =>
    Promise.resolve(am.arrived.filter(({ what }) => what.endsWith('/silences')).length >= 3),
  );
  expect([...am.silences]).toMatchObject([
    ['s1', { id: 's1', createdBy: 'CPEmon', comment: 'Acknowledged by anna: on my way' }],
  ]);
  const { matchers, endsAt } = am.silences.get('s1') as {
    matchers: { name: string; value: string; isRegex: boolean; isEqual: boolean }[];
    endsAt: string;
  };
  const posted = am.posts().at(-1)!;
  const own = posted.find(({ labels }) => labels['sn'] === 'ACKED')!;
  expect(Object.fromEntries(matchers.map(({ name, value }) => [name, value]))).toEqual(own.labels);
  expect(matchers.every(({ isRegex, isEqual }) => !isRegex && isEqual)).toBe(true);
  expect(own.annotations).toMatchObject({ acknowledged_by: 'anna', acknowledge_note: 'on my way' });
  expect(posted).toHaveLength(2);
  expect(Date.parse(endsAt) - Date.now()).toBeGreaterThan(3 * 60_000);
  expect(Date.parse(endsAt) - Date.now()).toBeLessThan(5 * 60_000);

  const resolvedAt = Date.now();
  await putAlert(database.pool, { ...alert, state: 'resolved', endedAt: resolvedAt, resolvedAt });
  const isOver = ({ what, body }: Arrived): boolean =>
    what.endsWith('/alerts') && body.includes(new Date(resolvedAt).toISOString());
  await eventually('its end is told', () => Promise.resolve(am.arrived.some(isOver)));
  // Alertmanager says nothing of what ends while it is silenced.
  const ended = am.arrived.findIndex(({ what }) => what === 'DELETE /am/api/v2/silence/s1');
  expect(ended).toBeGreaterThan(0);
  expect(am.arrived.findIndex(isOver)).toBeGreaterThan(ended);
  expect(am.silences.size).toBe(0);
}, 30_000);

test('what is silenced after it was told is silenced at Alertmanager as long, and then heard again', async () => {
  const am = await alertmanager();
  await store('ON', {});
  const silenceId = await addSilence(database.pool, {
    ...{ matchers: { tier: ['business'] }, startsAt: Date.now() - 1000, endsAt: Date.now() + 86_400_000 },
    ...{ reason: '', madeBy: '' },
  });
  start(toAlertmanager([am.url]));
  await eventually('it is silenced', () => Promise.resolve(am.silences.size === 1));
  await endSilence(database.pool, silenceId);
  await eventually('the silence is ended', () => Promise.resolve(am.silences.size === 0));
  expect(am.posts().every((posted) => posted.length === 1)).toBe(true);
}, 30_000);

test('an Alertmanager that takes no silences hears of alerts all the same', async () => {
  const { url, arrived } = await receiver(
    (response, nth) =>
      void response.writeHead(arrived[nth - 1]!.what.endsWith('/silences') ? 403 : 200).end(),
  );
  const { alertId } = await store('ACKED', {});
  await acknowledgeAlert(database.pool, { alertId, actor: 'anna', note: '' });
  start(toAlertmanager([url]));
  await eventually('it is told again', () =>
    Promise.resolve(arrived.filter(({ what }) => what.endsWith('/alerts')).length >= 3),
  );
  await eventually('it is well', async () => (await states()).get('am/0')?.lastOkAt != null);
  expect((await states()).get('am/0')).toMatchObject({ failingSince: null });
}, 30_000);

test('an Alertmanager that was away for an hour hears of what is on and what has just ended, and of nothing twice', async () => {
  let away = true;
  const am = await alertmanager(() => away);
  const other = await alertmanager();
  const now = Date.now();
  await store('ON', {});
  await store('ENDED-LATELY', { state: 'resolved', endedAt: now - 60_000, resolvedAt: now - 60_000 });
  await store('CAME-AND-WENT', { state: 'resolved', endedAt: now - 1_800_000, resolvedAt: now - 1_800_000 });
  start(toAlertmanager([am.url, other.url]));
  await eventually('it is known to fail', async () => (await states()).get('am/0')?.failingSince != null);
  // The other replica has it all meanwhile, and nothing is kept for the one that is away.
  await eventually('the other is told', () => Promise.resolve(other.posts().length >= 2));
  const [[outbox]] = await database.pool.query<RowDataPacket[]>('SELECT COUNT(*) AS waiting FROM outbox');
  expect(outbox!['waiting']).toBe(0);
  away = false;
  const before = am.arrived.length;
  await eventually('it is told again', () => Promise.resolve(am.arrived.length >= before + 2));
  const posted = am.posts().at(-1)!;
  expect(posted.map(({ labels }) => labels['sn']).sort()).toEqual(['ENDED-LATELY', 'ON']);
  await eventually('it is well', async () => (await states()).get('am/0')!.failingSince === null);
}, 30_000);

test('a retry waits longer each time, at most six minutes', () => {
  expect([0, 1, 2, 10, 50].map((attempts) => retryAfterMs(attempts, 0.5))).toEqual([
    ...[2000, 4000, 8000, 300_000, 300_000],
  ]);
  expect(retryAfterMs(50, 1)).toBeLessThanOrEqual(360_000);
});

test('a message that is sent twice after a crash has the same id', async () => {
  await enqueue(['noc', 'other'], 1);
  const [rows] = await database.pool.query<RowDataPacket[]>('SELECT DISTINCT message_id FROM outbox');
  expect(rows.map((row) => row['message_id'] as string)).toEqual(['m1']);
});
