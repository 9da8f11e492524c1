import { Histogram, type Registry } from 'prom-client';

/** A histogram to which many equal observations are told at once. */
export interface WeightedHistogram {
  /** @param count how many had that value; at least 0 */
  observe(value: number, count: number): void;
}

export interface WeightedHistogramOptions {
  name: string;
  help: string;
  /** Upper bounds, ascending, without infinity. */
  buckets: number[];
  registry: Registry;
}

/** prom-client counts observations one by one; a batch of ten thousand events would cost as much as applying it. */
export function createWeightedHistogram(options: WeightedHistogramOptions): WeightedHistogram {
  const { name, help, buckets, registry } = options;
  const counts = new Float64Array(buckets.length + 1);
  let sum = 0;
  const histogram = new Histogram({ name, help, buckets, registers: [] });
  const values = () => {
    let seen = 0;
    const below = [...buckets, '+Inf' as const].map((le, index) => {
      seen += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le }, value: seen };
    });
    return [
      ...below,
      { metricName: `${name}_sum`, labels: {}, value: sum },
      { metricName: `${name}_count`, labels: {}, value: seen },
    ];
  };
  // The library's own, so that it is listed with its buckets; only its figures are ours.
  const shown = () => Promise.resolve({ name, help, type: 'histogram', values: values(), aggregator: 'sum' });
  Object.assign(histogram, { get: shown, getForPromString: shown });
  registry.registerMetric(histogram);
  return {
    observe(value, count) {
      let index = 0;
      while (index < buckets.length && value > (buckets[index] ?? Infinity)) index += 1;
      counts[index] = (counts[index] ?? 0) + count;
      sum += value * count;
    },
  };
}
