import { chartView, scaleOf, type ChartFacts, type HistoryAnswer } from './chart-view.js';

const T0 = Date.parse('2026-11-22T00:00:00.000Z');
const answer = (metric: string, unit: string, values: readonly number[]): HistoryAnswer => ({
  ...{ metric, unit, tier: 'samples' },
  points: values.map((value, index) => ({
    t: new Date(T0 + index * 60_000).toISOString(),
    ...{ min: value, mean: value, max: value, last: value, count: 1 },
  })),
});
const facts = (more: Partial<ChartFacts>): ChartFacts => ({
  plan: {
    ...{ name: 'load', title: 'Load' },
    lines: [{ metric: 'cpu_used_ratio', label: 'Processor', as: 'value' }],
  },
  answers: [answer('cpu_used_ratio', 'ratio', [0.2, 0.4])],
  ...{ rules: [], usual: {}, intervalSeconds: 60, partSeconds: 10 },
  ...more,
});
const busy: ChartFacts['rules'][number] = {
  ...{ rule: 'cpu-busy', metric: 'cpu_used_ratio', severity: 'warning', compare: 'value', above: 0.95 },
  ...{ below: null, for_seconds: 1800, reports: 3, text: '', state: 'clear', since: null },
};

test('a chart is drawn in the unit that people read, thresholds and what is usual included', () => {
  const view = chartView(facts({ rules: [busy], usual: { cpu_used_ratio: { value: 0.25, days: 7 } } }));
  expect(view.unit).toBe('%');
  expect(view.aligned.lines[0]?.mean).toEqual([20, 40]);
  expect(view.levels).toEqual([
    { value: 95, kind: 'warning', text: 'cpu-busy 95 %' },
    { value: 25, kind: 'usual', text: 'usual 25 %' },
  ]);
  expect(view.latest).toEqual(['40 %']);
  expect(view.summary).toBe('Processor: newest 40 %, from 20 % to 40 %');
});

test('a threshold of another metric is not drawn, nor one on a counter that is shown as its growth', () => {
  const plan = {
    ...{ name: 'traffic', title: 'Traffic' },
    lines: [{ metric: 'wan_rx_bytes', label: 'Down', as: 'rate' as const }],
  };
  const answers = [answer('wan_rx_bytes', 'bytes/s', [1000, 2000])];
  const view = chartView(facts({ plan, answers, rules: [busy, { ...busy, metric: 'wan_rx_bytes' }] }));
  expect([view.levels, view.unit, view.latest]).toEqual([[], 'bit/s', ['16 kbit/s']]);
});

test('what has not come, or never was, is an empty chart that says so', () => {
  expect(chartView(facts({ answers: [null] }))).toMatchObject({
    ...{ isEmpty: true, latest: [null], summary: 'Processor: no readings' },
  });
});

test('the scale takes in thresholds that are near and leaves out those that would flatten the line', () => {
  const optical = (levels: number[]) =>
    scaleOf({
      aligned: { times: [0, 1], lines: [{ mean: [-21, -22], min: [-22, -22], max: [-20, -21] }] },
      levels: levels.map((value) => ({ value, kind: 'warning', text: '' })),
    });
  expect(optical([-25])[0]).toBeLessThan(-25);
  const [low, high] = optical([-60, -8]);
  expect([low > -60, high < -8]).toEqual([true, true]);
});

test('a scale stands on its floor, and an empty chart has one too', () => {
  const aligned = { times: [0], lines: [{ mean: [3], min: [3], max: [3] }] };
  expect(scaleOf({ aligned, levels: [] }, [0, 100])).toEqual([0, 100]);
  expect(scaleOf({ aligned: { times: [], lines: [] }, levels: [] })).toEqual([0, 1]);
});
