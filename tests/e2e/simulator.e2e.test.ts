import type { RowDataPacket } from 'mysql2';
import { cpemonVerify } from '../support/cpemon-verify.js';
import { eventually, sleep } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

const DEVICES = 120;

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: DEVICES, intervalSeconds: 2 });
  await everybodyOnline();
}, 150_000);
afterAll(() => stack.discard(), 30_000);

const everybodyOnline = (): Promise<unknown> =>
  eventually(
    'the whole fleet is online',
    async () => (await stack.fleet()).by_status['online'] === DEVICES,
    60_000,
  );

const control = (): string => stack.file().processes.find(({ name }) => name === 'cpe-simulator')?.url ?? '';
const start = (name: string): Promise<unknown> => stack.simulator(`/scenarios/${name}`);
const stop = async (name: string): Promise<void> => {
  const response = await fetch(`${control()}/scenarios/${name}`, { method: 'DELETE' });
  expect(response.status).toBe(200);
};
const rows = async (sql: string): Promise<RowDataPacket[]> =>
  (await stack.database().query<RowDataPacket[]>(sql))[0];

afterEach(async () => {
  const { code, printed } = await cpemonVerify(stack.dataFolder);
  expect(code === 0 ? '' : printed).toBe('');
}, 100_000);

test('a cut fibre takes the devices of one PON offline and nobody else', async () => {
  await start('fibre-cut');
  const lines = (await (await fetch(`${control()}/truth/devices`)).text()).trim().split('\n');
  const cut = lines
    .map((line) => JSON.parse(line) as { sn: string; cut: boolean })
    .flatMap((device) => (device.cut ? [device.sn] : []));
  expect(cut.length).toBeGreaterThan(3);
  await eventually(
    'they are offline',
    async () => (await stack.fleet()).by_status['offline'] === cut.length,
    60_000,
  );
  const offline = await rows("SELECT serial_number FROM v_devices WHERE reachability = 'offline'");
  expect(offline.map((row) => row['serial_number'] as string).sort()).toEqual(cut.sort());
  await stop('fibre-cut');
  await everybodyOnline();
}, 150_000);

test('reports that come twice and late are counted, and change nothing', async () => {
  const before = (await stack.pipeline()).totals;
  await start('duplicate-delivery');
  await start('late-delivery');
  await sleep(15_000);
  await stop('duplicate-delivery');
  await stop('late-delivery');
  await eventually(
    'both are counted',
    async () => {
      const { totals } = await stack.pipeline();
      return totals.duplicates > before.duplicates + 50 && totals.late > before.late + 10;
    },
    40_000,
  );
}, 90_000);

test('a bad firmware shows on one model, and clocks without a time or garbage harm nobody', async () => {
  await start('bad-firmware');
  await start('clock-1970');
  await start('garbage-sender');
  await eventually(
    'the firmware is everywhere on that model',
    async () => {
      const [counts] = await rows(
        `SELECT SUM(sw_version = 'V1.1.20-bad') AS bad, SUM(sw_version = 'V1.1.20-bad' AND model <> 'F670L') AS elsewhere,
                SUM(model = 'F670L') AS devices FROM v_devices`,
      );
      expect(Number(counts?.['elsewhere'])).toBe(0);
      return Number(counts?.['devices']) > 5 && counts?.['bad'] === counts?.['devices'];
    },
    50_000,
  );
  expect((await stack.fleet()).by_status).toMatchObject({ online: DEVICES, offline: 0 });
  for (const name of ['bad-firmware', 'clock-1970', 'garbage-sender']) await stop(name);
}, 100_000);
