import type { RowDataPacket } from 'mysql2';
import { lanesWithHoles } from '../support/books.js';
import { informXml, transferCompleteXml } from '../support/cwmp-bodies.js';
import { createCwmpClient, type CwmpAnswer, type CwmpClient } from '../support/cwmp-client.js';
import { eventually, HopelessError, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

const REPLICAS = 2;

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: 0, options: ['--ingests', String(REPLICAS)] });
  await eventually('every replica is ready', allReady, 30_000);
}, 120_000);
afterAll(() => stack.discard(), 30_000);

async function allReady(): Promise<boolean> {
  const urls = stack
    .file()
    .processes.flatMap(({ name, ops_url: url }) => (name === 'acs-ingest' ? [url!] : []));
  const answers = await Promise.all(urls.map((url) => fetch(`${url}/readyz`)));
  return urls.length === REPLICAS && answers.every(({ ok }) => ok);
}

/** All on one machine of two cores: the sessions of a test are opened so many at once. */
const OPENED_AT_ONCE = 100;

/** Where the next request goes, as a plain round robin without any stickiness has it. */
function roundRobin(): () => string {
  let turn = 0;
  let urls: string[] = [];
  return () => {
    // While one is being started again it is missing here, and its port refuses connections, as behind a balancer.
    const now = stack.file().processes.flatMap(({ cwmp_url: url }) => (url === undefined ? [] : [url]));
    if (now.length >= urls.length) urls = now;
    return urls[(turn += 1) % urls.length]!;
  };
}

/** A CPE that says what was acknowledged. */
interface CheckedCpe {
  serialNumber: string;
  client: CwmpClient;
  informs: { sent: number; acknowledged: number };
  transferAcknowledged: boolean;
  finished: boolean;
}

const nextUrl = roundRobin();
function newCpe(serialNumber: string): CheckedCpe {
  const { username: user, password } = stack.file().cwmp_auth;
  const client = createCwmpClient({ url: nextUrl, user, password });
  return {
    ...{ serialNumber, client, transferAcknowledged: false, finished: false },
    informs: { sent: 0, acknowledged: 0 },
  };
}

/** Each request goes over a connection of its own, so that each may reach another replica. */
async function say(cpe: CheckedCpe, body: string): Promise<CwmpAnswer> {
  try {
    return await cpe.client.post(body);
  } finally {
    cpe.client.reconnect();
  }
}

async function inform(cpe: CheckedCpe): Promise<void> {
  const retryCount = cpe.informs.sent;
  cpe.informs.sent += 1;
  const { status, body } = await say(cpe, informXml({ serialNumber: cpe.serialNumber, retryCount }));
  if (status !== 200 || !body.includes('InformResponse')) throw new Error(`an Inform was answered ${status}`);
  cpe.informs.acknowledged += 1;
}

async function finishSession(cpe: CheckedCpe): Promise<void> {
  if (!cpe.transferAcknowledged) {
    const { status, body } = await say(cpe, transferCompleteXml(`upgrade of ${cpe.serialNumber}`));
    if (status !== 200) throw new Error(`a TransferComplete was answered ${status}`);
    if (!body.includes('TransferCompleteResponse')) throw new HopelessError(body);
    cpe.transferAcknowledged = true;
  }
  const { status } = await say(cpe, '');
  if (status !== 204) throw new Error(`an empty POST was answered ${status}`);
  cpe.finished = true;
}

/** A session that breaks is begun again, as TR-069 has it but sooner. */
async function finishOrComeBack(cpe: CheckedCpe): Promise<void> {
  for (let attempt = 0; !cpe.finished; attempt += 1) {
    try {
      if (attempt > 0) await inform(cpe);
      await finishSession(cpe);
    } catch (error) {
      if (error instanceof HopelessError || attempt === 20) throw error;
      await sleep(200 + Math.random() * 800);
    }
  }
}

async function inTurns<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Events of each device in the log: `serial number type` -> count. */
async function eventsInLog(prefix: string): Promise<Map<string, number>> {
  const [rows] = await stack.database().query<RowDataPacket[]>(
    `SELECT device, type, COUNT(*) AS events
     FROM v_event_log
     WHERE device LIKE ?
     GROUP BY device, type`,
    [`${prefix}%`],
  );
  return new Map(rows.map((row) => [`${row['device']} ${row['type']}`, Number(row['events'])]));
}

test('sessions go through two replicas without stickiness, request by request', async () => {
  const cpes = Array.from({ length: 50 }, (_, n) => newCpe(`ROBIN-${n}`));
  await inTurns(cpes, 10, async (cpe) => {
    await inform(cpe);
    await finishSession(cpe);
  });
  const stored = await eventsInLog('ROBIN-');
  for (const { serialNumber } of cpes) {
    expect(stored.get(`${serialNumber} cpemon.inform.v1`)).toBe(1);
    expect(stored.get(`${serialNumber} cpemon.rpc.v1`)).toBe(1);
  }
}, 60_000);

test('a replica killed in the middle of 1,000 open sessions: every CPE finishes, nothing acknowledged is lost', async () => {
  const cpes = Array.from({ length: 1000 }, (_, n) => newCpe(`KILL-${n}`));
  await inTurns(cpes, OPENED_AT_ONCE, inform);

  const finishing = inTurns(cpes, OPENED_AT_ONCE, finishOrComeBack);
  await sleep(300);
  const killed = stack.signal('acs-ingest', 'SIGKILL');
  expect(cpes.filter(({ finished }) => finished).length).toBeLessThan(cpes.length);
  await finishing;
  expect(cpes.filter(({ finished }) => !finished)).toEqual([]);
  expect(cpes.some(({ informs }) => informs.sent > 1)).toBe(true);
  await eventually(
    'the killed one is back',
    () => {
      const pids = stack.file().processes.filter(({ name }) => name === 'acs-ingest');
      return pids.length === REPLICAS && pids.every(({ pid }) => pid !== killed);
    },
    30_000,
  );

  const stored = await eventsInLog('KILL-');
  const wrong = cpes.filter(({ serialNumber, informs, transferAcknowledged }) => {
    const ofInform = stored.get(`${serialNumber} cpemon.inform.v1`) ?? 0;
    const ofTransfer = stored.get(`${serialNumber} cpemon.rpc.v1`) ?? 0;
    return (
      ofInform < informs.acknowledged || ofInform > informs.sent || (transferAcknowledged && ofTransfer === 0)
    );
  });
  expect(wrong.map(({ serialNumber }) => serialNumber)).toEqual([]);
  expect(await lanesWithHoles(stack)).toEqual([]);
}, 180_000);
