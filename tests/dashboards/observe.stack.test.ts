import { eventually } from '../support/eventually.js';
import { startStack, type RunningStack } from '../support/running-stack.js';

let stack: RunningStack;
let prometheus: string;
let alertmanager: string;
beforeAll(async () => {
  stack = await startStack({ devices: 20, intervalSeconds: 2, options: ['--observe'] });
  const [, first = '', second = ''] =
    /Prometheus: (\S+)\/ {2}Alertmanager: (\S+)\//.exec(stack.output()) ?? [];
  [prometheus, alertmanager] = [first, second];
}, 200_000);
afterAll(() => stack?.discard(), 30_000);

interface Vector {
  data: { result: { metric: Record<string, string>; value: [number, string] }[] };
}
const figures = async (expr: string): Promise<Record<string, number>> => {
  const answer = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { data } = (await answer.json()) as Vector;
  return Object.fromEntries(data.result.map(({ metric, value }) => [metric['job'] ?? '', Number(value[1])]));
};

test('npm start -- --observe: Prometheus finds every replica, and new ones, and alerts arrive', async () => {
  await eventually(
    'all are scraped',
    async () => {
      expect(await figures('sum by (job) (up)')).toEqual({
        ...{ 'acs-ingest': 1, 'cpemon-api': 1, 'cpemon-writer': 1, 'cpe-simulator': 1 },
      });
      return true;
    },
    60_000,
  );
  await stack.scale('cpemon-writer', 2);
  await eventually(
    'the second writer is scraped',
    async () => (await figures('sum by (job) (up)'))['cpemon-writer'] === 2,
    30_000,
  );
  await eventually(
    'the watchdog is told of',
    async () => {
      const alerts = (await (await fetch(`${alertmanager}/api/v2/alerts`)).json()) as {
        labels: Record<string, string>;
      }[];
      return alerts.some(
        ({ labels }) => labels['alertname'] === 'CpemonWatchdog' && labels['stack'] === 'local',
      );
    },
    60_000,
  );
  await stack.interrupt();
  await expect(fetch(`${prometheus}/-/ready`)).rejects.toThrow();
  await expect(fetch(`${alertmanager}/-/ready`)).rejects.toThrow();
}, 180_000);
