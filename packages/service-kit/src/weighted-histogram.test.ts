import { Registry } from 'prom-client';
import { createWeightedHistogram } from './weighted-histogram.js';

test('many observations told at once count as many', async () => {
  const registry = new Registry();
  const histogram = createWeightedHistogram({
    ...{ name: 'cpemon_test_seconds', help: 'A test', buckets: [0.1, 1] },
    registry,
  });
  expect(await registry.metrics()).toContain('cpemon_test_seconds_bucket{le="+Inf"} 0');
  histogram.observe(0.1, 1000);
  histogram.observe(0.5, 10);
  histogram.observe(7, 1);
  const text = await registry.metrics();
  for (const line of [
    '# TYPE cpemon_test_seconds histogram',
    'cpemon_test_seconds_bucket{le="0.1"} 1000',
    'cpemon_test_seconds_bucket{le="1"} 1010',
    'cpemon_test_seconds_bucket{le="+Inf"} 1011',
    'cpemon_test_seconds_sum 112',
    'cpemon_test_seconds_count 1011',
  ])
    expect(text).toContain(line);
});
