import { createRequire } from 'node:module';

/**
 * Loaded into a service before anything else (`--require`): metrics are declared and told as always, and nobody counts. So
 * a build without metrics is measured, and services need no switch that only a benchmark would use.
 */
const library = createRequire(__filename)('prom-client') as Record<string, unknown>;

class NoMetric {
  inc(): void {}
  dec(): void {}
  set(): void {}
  observe(): void {}
  zero(): void {}
  setToCurrentTime(): void {}
  startTimer(): () => number {
    return () => 0;
  }
  remove(): void {}
  reset(): void {}
  labels(): this {
    return this;
  }
}

class NoRegistry {
  readonly contentType = 'text/plain';
  registerMetric(): void {}
  removeSingleMetric(): void {}
  getSingleMetric(): undefined {
    return undefined;
  }
  getMetricsAsArray(): [] {
    return [];
  }
  metrics(): Promise<string> {
    return Promise.resolve('');
  }
}

Object.assign(library, {
  ...{ Counter: NoMetric, Gauge: NoMetric, Histogram: NoMetric, Summary: NoMetric, Registry: NoRegistry },
  collectDefaultMetrics: () => undefined,
});
