import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** prom-client's own, so that a service declares its metrics with the library its registry comes from. */
export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** A registry of its own with the process metrics (`cpemon_process_…`, `cpemon_nodejs_…`) and `cpemon_build_info`. */
export function createRegistry(build: { service: string; version: string }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'cpemon_' });
  new Gauge({
    name: 'cpemon_build_info',
    help: 'Always 1; the labels say which build this is',
    labelNames: ['service', 'version', 'node'],
    registers: [registry],
  }).set({ ...build, node: process.version }, 1);
  return registry;
}
