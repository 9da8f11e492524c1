import type { RowDataPacket } from 'mysql2';
import { compareWithTruth, settle } from '../support/books.js';
import { eventually } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: 200, intervalSeconds: 2, options: ['--writers', '3'] });
}, 120_000);
afterAll(() => stack.discard(), 30_000);

const LEASE_SECONDS = 5;
const shares = async () => (await stack.pipeline()).writers.map(({ lanes }) => lanes).sort();
const column = async (sql: string): Promise<unknown[]> => {
  const [rows] = await stack.database().query<RowDataPacket[]>(sql);
  return rows.map((row) => Object.values(row)[0] as unknown);
};

test('three writers own a fair share of the lanes each', async () => {
  await eventually('shares are 5, 5 and 6', async () => String(await shares()) === '5,5,6', 20_000);
});

test('a writer that is told to stop hands its lanes back in under a second', async () => {
  const members = () => column('SELECT member FROM log_members');
  const before = await members();
  stack.signal('cpemon-writer', 'SIGTERM');
  await eventually(
    'one has left and owns nothing',
    async () => {
      const now = await members();
      const [left] = before.filter((member) => !now.includes(member));
      return left !== undefined && !(await column('SELECT owner FROM log_offsets')).includes(left);
    },
    1000,
  );
  await eventually('shares are fair again', async () => String(await shares()) === '5,5,6', 20_000);
}, 30_000);

test('the lanes of a killed writer move to the others within lease time + 2 s', async () => {
  await stack.scale('cpemon-writer', 3);
  const doomed = stack.file().processes.filter(({ name }) => name === 'cpemon-writer')[1];
  const owned = async () => {
    const { lanes, writers } = await stack.pipeline();
    const live = new Set(writers.map(({ member }) => member));
    return lanes.filter(({ owner }) => owner !== null && live.has(owner)).length;
  };
  const before = (await stack.pipeline()).writers.map(({ member }) => member);
  process.kill(doomed?.pid as number, 'SIGKILL');
  const killedAt = performance.now();
  await eventually(
    'all lanes have a live owner again',
    async () => {
      const now = (await stack.pipeline()).writers.map(({ member }) => member);
      return before.some((member) => !now.includes(member)) && (await owned()) === 16;
    },
    (LEASE_SECONDS + 2) * 1000,
  );
  expect((performance.now() - killedAt) / 1000).toBeLessThan(LEASE_SECONDS + 2);
  await settle(stack);
  expect(await compareWithTruth(stack)).toEqual([]);
}, 60_000);
