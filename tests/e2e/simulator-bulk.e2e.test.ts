import { createLogger } from '@cpemon/service-kit';
import type { RowDataPacket } from 'mysql2';
import { startSimulator, type RunningSimulator } from '../../services/cpe-simulator/src/index.js';
import { readConfig } from '../../services/cpe-simulator/src/config.js';
import { cpemonVerify } from '../support/cpemon-verify.js';
import { eventually, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

const DEVICES = 40;

let stack: RunningStack;
let simulator: RunningSimulator;
beforeAll(async () => {
  stack = await startStack({ devices: 0 });
  const { processes, tokens } = stack.file();
  const apiUrl = processes.find(({ name }) => name === 'cpemon-api')?.url ?? '';
  simulator = await startSimulator(
    readConfig({
      ...{ API_URL: apiUrl, ACS_URL: apiUrl, INGEST_TOKEN: tokens.ingest, MIX: 'bulk=100' },
      ...{ DEVICES: String(DEVICES), INTERVAL_SECONDS: '2', PORT: '0', OPS_PORT: '0' },
    }),
    createLogger({ service: 'test', level: 'silent' }),
  );
}, 150_000);
afterAll(async () => {
  await simulator.stop();
  await stack.discard();
}, 60_000);

const rows = async (sql: string): Promise<RowDataPacket[]> =>
  (await stack.database().query<RowDataPacket[]>(sql))[0];
const verify = async (): Promise<void> => {
  const { code, printed } = await cpemonVerify(stack.dataFolder, [simulator.controlUrl]);
  expect(code === 0 ? '' : printed).toBe('');
};
const control = async (path: string, method = 'POST'): Promise<void> => {
  expect((await fetch(simulator.controlUrl + path, { method })).ok).toBe(true);
};

test('bulk data in four formats, two profiles, some compressed, arrive as they were sent', async () => {
  await eventually(
    'all devices are online',
    async () => (await stack.fleet()).by_status['online'] === DEVICES,
    60_000,
  );
  await sleep(8000);
  await verify();
  const lines = (await (await fetch(`${simulator.controlUrl}/truth/devices`)).text()).trim().split('\n');
  const ways = new Set(lines.map((line) => (JSON.parse(line) as { way: string }).way));
  expect(ways).toEqual(new Set(['bulk-tree', 'bulk-pairs', 'bulk-rows', 'bulk-columns']));
  const stored = await rows(
    "SELECT sw_version, model FROM v_devices WHERE sw_version IS NOT NULL AND sw_version <> ''",
  );
  expect(stored).toHaveLength(DEVICES);
}, 120_000);

test('reports retained while nothing arrived come afterwards, each once', async () => {
  await control('/scenarios/acs-outage?faster=3');
  // What was under way when it began.
  await sleep(2000);
  const before = simulator.truth().totals.acknowledged;
  await sleep(7000);
  expect(simulator.truth().totals.acknowledged).toBe(before);
  await sleep(7000);
  await control('/scenarios/acs-outage', 'DELETE');
  await verify();
  await control('/pause');
  await eventually('nothing is under way', () => simulator.truth().totals.in_flight === 0);
  const { acknowledged, abandoned, in_doubt: inDoubt, open } = simulator.truth().totals;
  expect(acknowledged).toBeGreaterThan(before + DEVICES * 4);
  expect({ abandoned, inDoubt, open }).toEqual({ abandoned: 0, inDoubt: 0, open: 0 });
}, 120_000);
