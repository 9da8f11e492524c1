import { compareWithTruth, settle } from '../support/books.js';
import { startStack, within, type RunningStack } from '../support/running-stack.js';

let stack: RunningStack;
beforeAll(async () => {
  stack = await startStack({ devices: 200, intervalSeconds: 2, options: ['--writers', '3'] });
}, 120_000);
afterAll(() => stack.discard(), 30_000);

const LEASE_SECONDS = 5;
const shares = async () => (await stack.pipeline()).writers.map(({ lanes }) => lanes).sort();

test('three writers own a fair share of the lanes each', async () => {
  await within(20, 'shares are 5, 5 and 6', async () => String(await shares()) === '5,5,6');
});

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
  await within(LEASE_SECONDS + 2, 'all lanes have a live owner again', async () => {
    const now = (await stack.pipeline()).writers.map(({ member }) => member);
    return before.some((member) => !now.includes(member)) && (await owned()) === 16;
  });
  expect((performance.now() - killedAt) / 1000).toBeLessThan(LEASE_SECONDS + 2);
  await settle(stack);
  expect(await compareWithTruth(stack)).toEqual([]);
}, 60_000);
