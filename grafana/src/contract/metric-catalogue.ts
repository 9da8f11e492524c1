import type { Registry } from '@cpemon/service-kit';
import { SERVICES, type Service } from './declared-metrics.js';

/** A metric as it is declared. */
export interface CataloguedMetric {
  name: string;
  type: 'counter' | 'gauge' | 'histogram' | 'summary';
  help: string;
  /** Values by label; of histograms without `le`. */
  labels: Record<string, string[]>;
  /** Upper bounds of a histogram. */
  buckets?: number[];
  services: Service[];
  /** Of Node.js and the process: from the metrics library, with whatever labels it gives. */
  runtime: boolean;
}

export interface Catalogue {
  metrics: CataloguedMetric[];
  /** Series of a replica, as declared; of the runtime there are some sixty more, which depend on the machine. */
  series: Record<Service, number>;
}

/** A replica may have so many series: what a fleet grows by must not be among them. */
export const MOST_SERIES = 2000;

const RUNTIME = /^cpemon_(process|nodejs)_/;

interface Declared {
  name: string;
  help: string;
  type: string;
  values: { labels: Record<string, string | number>; metricName?: string }[];
  buckets?: number[];
  upperBounds?: number[];
  labelNames?: string[];
}

/** What registries declare: by name, whoever declares it. @throws Error when two services mean different things by a name */
export async function catalogueOf(registries: Record<Service, Registry>): Promise<Catalogue> {
  const metrics = new Map<string, CataloguedMetric>();
  const series = {} as Record<Service, number>;
  for (const service of SERVICES) {
    series[service] = 0;
    for (const metric of registries[service].getMetricsAsArray() as unknown as (Declared & {
      get(): Promise<Declared>;
    })[]) {
      const { type, values } = await metric.get();
      const { name, help, upperBounds, labelNames = [] } = metric;
      const runtime = RUNTIME.test(name);
      if (!runtime) series[service] += values.length;
      const known = metrics.get(name);
      if (known !== undefined && (known.type !== type || known.help !== help))
        throw new Error(
          `${name} is declared by ${service} in another way than by ${known.services.join(', ')}`,
        );
      const entry: CataloguedMetric = known ?? {
        ...{ name, help, type: type as CataloguedMetric['type'], labels: {}, services: [], runtime },
        ...(type === 'histogram' && upperBounds !== undefined ? { buckets: [...upperBounds] } : {}),
      };
      metrics.set(name, entry);
      entry.services.push(service);
      for (const label of labelNames.filter((each) => each !== 'le'))
        entry.labels[label] = valuesOf(
          label,
          values,
          entry.labels[label],
          runtime || name === 'cpemon_build_info',
        );
    }
  }
  return { metrics: [...metrics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), series };
}

/** Of the runtime and of a build there is no list: they are what they are on the machine that runs them. */
function valuesOf(label: string, values: Declared['values'], known: string[] = [], open: boolean): string[] {
  if (open) return [];
  const found = values.flatMap(({ labels }) => (labels[label] === undefined ? [] : [String(labels[label])]));
  return [...new Set([...known, ...found])].sort(byNumberOrText);
}

const byNumberOrText = (a: string, b: string): number =>
  /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;

/** Names under which a metric is asked for: a histogram has three. */
export const seriesNames = ({ name, type }: Pick<CataloguedMetric, 'name' | 'type'>): string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
