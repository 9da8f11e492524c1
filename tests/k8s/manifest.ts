/** A part of a manifest whose shape nothing promises: it is what these tests look at. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

/** An object of Kubernetes as a manifest has it, as far as these tests look. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec?: Loose;
  data?: Record<string, string>;
  [field: string]: unknown;
}

export interface Container {
  name: string;
  image: string;
  imagePullPolicy?: string;
  args?: string[];
  ports?: { name?: string; containerPort: number }[];
  env?: { name: string; value?: string; valueFrom?: Record<string, { name: string; key: string }> }[];
  envFrom?: { configMapRef?: { name: string }; secretRef?: { name: string } }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  securityContext?: Record<string, unknown>;
  lifecycle?: { preStop?: { sleep?: { seconds: number } } };
  [field: string]: unknown;
}

export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;
export const isWorkload = ({ kind }: Manifest): boolean =>
  ['Deployment', 'StatefulSet', 'Job', 'CronJob', 'DaemonSet'].includes(kind);

/** The pod that a workload makes: its labels and its spec. */
export function podOf({ kind, spec }: Manifest): { labels: Record<string, string>; spec: Loose } {
  const template = kind === 'CronJob' ? spec.jobTemplate.spec.template : spec.template;
  return { labels: template.metadata?.labels ?? {}, spec: template.spec };
}

/** Every container of a pod, those that run before the others included. */
export const containersOf = (workload: Manifest): Container[] => {
  const { spec } = podOf(workload);
  return [...(spec.initContainers ?? []), ...spec.containers] as Container[];
};

const UNITS: Record<string, number> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  '': 1,
};

/** Bytes of a quantity such as 512Mi. */
export function bytesOf(quantity: string): number {
  const [, number, unit = ''] = /^(\d+)(\w*)$/.exec(quantity) ?? [];
  const factor = UNITS[unit];
  if (number === undefined || factor === undefined) throw new Error(`${quantity} is no number of bytes`);
  return Number(number) * factor;
}
