import { podOf, type Manifest } from './manifest.js';

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values: string[] }[];
}

interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: number | string; protocol?: string }[];
}

interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}

/** Whether pods of one workload reach a port of pods of another, both in our namespace, by the network policies. */
export function mayReach(
  manifests: readonly Manifest[],
  from: string,
  to: string,
  portName: string,
): boolean {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const [source, target] = [from, to].map((name) => {
    const workload = manifests.find(
      ({ kind, metadata, spec }) =>
        metadata.name === name && kind !== 'Service' && spec?.template !== undefined,
    );
    if (workload === undefined) throw new Error(`There is no workload ${name}`);
    return podOf(workload);
  }) as [ReturnType<typeof podOf>, ReturnType<typeof podOf>];
  const number = (target.spec.containers as { ports?: { name: string; containerPort: number }[] }[])
    .flatMap(({ ports = [] }) => ports)
    .find(({ name }) => name === portName)?.containerPort;
  if (number === undefined) throw new Error(`${to} has no port ${portName}`);
  const allows = (way: 'ingress' | 'egress', own: Record<string, string>, other: Record<string, string>) => {
    const side = way === 'ingress' ? 'from' : 'to';
    const type = way === 'ingress' ? 'Ingress' : 'Egress';
    const ofPod = policies.filter(
      ({ spec }) =>
        (spec.policyTypes as string[]).includes(type) && selects(spec.podSelector as Selector, own),
    );
    if (ofPod.length === 0) return true;
    return ofPod
      .flatMap(({ spec }) => (spec[way] ?? []) as Rule[])
      .some(
        (rule) =>
          (rule.ports?.some(({ port }) => port === portName || port === number) ?? true) &&
          (rule[side]?.some(
            ({ podSelector, namespaceSelector }) =>
              namespaceSelector === undefined && podSelector !== undefined && selects(podSelector, other),
          ) ??
            true),
      );
  };
  return allows('egress', source.labels, target.labels) && allows('ingress', target.labels, source.labels);
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(
      ({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? ''),
    )
  );
}
