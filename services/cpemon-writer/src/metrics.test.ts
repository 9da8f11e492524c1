import { createRegistry } from '@cpemon/service-kit';
import { createWriterMetrics } from './metrics.js';

test('every metric is there from the start, and moves with what the writer does', async () => {
  const registry = createRegistry({ service: 'cpemon-writer', version: '0.0.0' });
  const metrics = createWriterMetrics(registry, () => ({ devices: 17, bytes: 5000 }));
  const before = await registry.metrics();
  expect(before).toContain('cpemon_writer_applied_events_total 0');
  expect(before).toContain('cpemon_writer_transitions_total{to="offline"} 0');
  expect(before).toContain('cpemon_writer_maintenance_runs_total{job="log-partitions",outcome="failed"} 0');
  metrics.observer.applied?.({
    events: 5,
    lanes: 1,
    duplicates: 2,
    late: 1,
    quarantined: 0,
    erased: 0,
    seconds: 0.02,
  });
  metrics.observer.visible?.(5, 0.08);
  metrics.observer.applyFailed?.(new Error('x'));
  metrics.observer.lanesOwned?.(4);
  metrics.transition('offline');
  metrics.chatty('began');
  const after = await registry.metrics();
  for (const line of [
    'applied_events_total 5',
    'duplicate_events_total 2',
    'late_events_total 1',
    'erased_events_total 0',
    'batches_total 1',
    'failed_batches_total 1',
    'batch_events_count 1',
    'visible_seconds_bucket{le="0.1"} 5',
    'lanes_owned 4',
    'transitions_total{to="offline"} 1',
    'chatty_devices_total{change="began"} 1',
    'chatty_devices_total{change="ended"} 0',
    'cached_devices 17',
  ]) {
    expect(after).toContain(`cpemon_writer_${line}`);
  }
});
