import {
  bytesOf,
  containersOf,
  isWorkload,
  nameOf,
  podOf,
  type Container,
  type Loose,
  type Manifest,
} from './manifest.js';

/** A rule of ours: what is wrong with one manifest. */
type Policy = (manifest: Manifest) => string[];

const PORTS: Record<string, readonly number[]> = {
  http: [8080, 9090, 9093],
  metrics: [9100],
  cwmp: [7547],
  mysql: [3306],
};
const OURS = /(^|\/)cpemon\//;
/** The old generation's share of a container's memory; the rest is for young generation, buffers and Node.js. */
const MOST_HEAP = 0.75;

const unless = (isRight: boolean, problem: string): string[] => (isRight ? [] : [problem]);
const ofContainers =
  (rule: (container: Container) => string[]): Policy =>
  (manifest) =>
    isWorkload(manifest)
      ? containersOf(manifest).flatMap((one) =>
          rule(one).map((problem) => `container ${one.name}: ${problem}`),
        )
      : [];
const ofPods =
  (rule: (spec: Loose, workload: Manifest) => string[]): Policy =>
  (manifest) =>
    isWorkload(manifest) ? rule(podOf(manifest).spec, manifest) : [];

/** Pod Security Standards, "restricted", and a root that cannot be written. */
const restrictedPod = ofPods((spec) => {
  const security = spec.securityContext ?? {};
  return [
    ...unless(security.runAsNonRoot === true, 'may run as root'),
    ...unless(security.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'),
    ...unless(spec.hostNetwork !== true && spec.hostPID !== true && spec.hostIPC !== true, 'shares the host'),
    ...((spec.volumes ?? []) as Loose[]).flatMap((volume: Loose) =>
      unless(volume.hostPath === undefined, 'mounts a host path'),
    ),
  ];
});

const restrictedContainer = ofContainers(({ securityContext = {} }) => [
  ...unless(securityContext['allowPrivilegeEscalation'] === false, 'may gain privileges'),
  ...unless(securityContext['readOnlyRootFilesystem'] === true, 'can write to its root'),
  ...unless(
    JSON.stringify(securityContext['capabilities']) === '{"drop":["ALL"]}',
    'keeps capabilities, or adds some',
  ),
]);

const noToken = ofPods((spec, { metadata: { name } }) => [
  ...unless(spec.automountServiceAccountToken === false, 'gets a token of its service account'),
  ...unless(spec.serviceAccountName === name, 'has no service account of its own'),
]);

const namedPorts: Policy = (manifest) => {
  if (manifest.kind === 'Service')
    return (manifest.spec.ports as { name?: string; targetPort?: unknown }[]).flatMap((port) => [
      ...unless(port.name !== undefined && port.name in PORTS, `port ${port.name} has no name of ours`),
      ...unless(
        manifest.spec.selector === undefined || port.targetPort === port.name,
        `port ${port.name} does not lead to the port of that name`,
      ),
    ]);
  return ofContainers(({ ports = [] }) =>
    ports.flatMap(({ name = '', containerPort }) =>
      unless(PORTS[name]?.includes(containerPort) ?? false, `port ${containerPort} is called ${name}`),
    ),
  )(manifest);
};

const limits = ofContainers(({ resources: { requests = {}, limits = {} } = {}, env = [] }) => {
  const heap = env.find(({ name }) => name === 'NODE_OPTIONS')?.value;
  const oldMiB = Number(/--max-old-space-size=(\d+)/.exec(heap ?? '')?.[1] ?? 0);
  return [
    ...unless(requests['cpu'] !== undefined && requests['memory'] !== undefined, 'asks for no resources'),
    ...unless(limits['memory'] !== undefined, 'has no limit of memory'),
    // Throttled, a writer looks as if it lagged.
    ...unless(limits['cpu'] === undefined, 'has a limit of CPU'),
    ...unless(
      limits['memory'] === undefined || oldMiB * 2 ** 20 <= MOST_HEAP * bytesOf(limits['memory']),
      'has a heap too large for its limit',
    ),
  ];
});

const images = ofContainers(({ image, imagePullPolicy }) => [
  ...unless(!image.endsWith(':latest'), 'runs whatever is latest'),
  ...unless(imagePullPolicy === 'IfNotPresent' || imagePullPolicy === 'Never', 'pulls an image it has'),
]);

const probes: Policy = (manifest) => {
  if (manifest.kind !== 'Deployment' && manifest.kind !== 'StatefulSet') return [];
  return (podOf(manifest).spec.containers as Loose[]).flatMap(
    ({ name, image, livenessProbe, readinessProbe }) => [
      ...unless(livenessProbe !== undefined && readinessProbe !== undefined, `${name} lacks a probe`),
      // A database that is away must not get every process killed.
      ...unless(
        !OURS.test(image) ||
          (livenessProbe?.httpGet?.path === '/livez' && readinessProbe?.httpGet?.path === '/readyz'),
        `${name} is not asked /livez and /readyz`,
      ),
    ],
  );
};

const gracefulRollout: Policy = (manifest) => {
  if (manifest.kind !== 'Deployment' || !containersOf(manifest).some(({ image }) => OURS.test(image)))
    return [];
  const { spec } = podOf(manifest);
  const { strategy } = manifest.spec;
  if (strategy.type === 'Recreate') return [];
  const sleepSeconds = Math.max(
    0,
    ...(spec.containers as Container[]).map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0),
  );
  const takesRequests = containersOf(manifest).some(({ ports = [] }) =>
    ports.some(({ name }) => name === 'http'),
  );
  const spread = (spec.topologySpreadConstraints ?? []) as { whenUnsatisfiable: string }[];
  return [
    ...unless(strategy.rollingUpdate.maxUnavailable === 0, 'takes a pod away before its successor is ready'),
    ...unless(!takesRequests || sleepSeconds >= 5, 'ends while proxies still send to it'),
    // 10 s is what runService of service-kit gives a stop.
    ...unless(spec.terminationGracePeriodSeconds > sleepSeconds + 10, 'is killed before it has stopped'),
    ...unless(
      spread.length > 0 && spread.every(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway'),
      'does not spread, or must',
    ),
  ];
};

const drainable: Policy = ({ kind, spec }) =>
  kind === 'PodDisruptionBudget'
    ? [
        ...unless(spec.maxUnavailable === 1, 'may hold up a drain for ever'),
        ...unless(spec.unhealthyPodEvictionPolicy === 'AlwaysAllow', 'keeps a broken pod on its node'),
      ]
    : [];

const noSecrets: Policy = ({ kind }) => unless(kind !== 'Secret', 'is a secret in a file');

const ownLabels: Policy = ({ metadata: { labels = {} }, ...manifest }) => [
  ...unless(labels['app.kubernetes.io/name'] !== undefined, 'has no label app.kubernetes.io/name'),
  ...unless(
    ['Namespace', 'ConfigMap'].includes(manifest.kind) || labels['app.kubernetes.io/component'] !== undefined,
    'has no label app.kubernetes.io/component',
  ),
];

/** What holds for every manifest as it is written. */
export const WRITTEN_POLICIES: readonly Policy[] = [
  ...[restrictedPod, restrictedContainer, noToken, namedPorts, limits, images, probes],
  ...[gracefulRollout, drainable, noSecrets, ownLabels],
];

/** Needs what a rendering adds: labels of the whole, namespace, tags. */
const rendered: Policy = (manifest) => {
  const { labels = {}, namespace } = manifest.metadata;
  const partOf = (all: Record<string, string>): boolean => all['app.kubernetes.io/part-of'] === 'cpemon';
  return [
    ...unless(partOf(labels), 'has no label app.kubernetes.io/part-of'),
    ...unless(!isWorkload(manifest) || partOf(podOf(manifest).labels), 'its pods have no such label'),
    ...unless(manifest.kind === 'Namespace' || namespace === 'cpemon', `is in namespace ${namespace}`),
    ...(isWorkload(manifest)
      ? containersOf(manifest).flatMap(({ image }) => unless(/:[^/]+$/.test(image), `${image} has no tag`))
      : []),
  ];
};

/** What is wrong with a set of manifests, a line a problem. */
export function violations(manifests: readonly Manifest[], policies: readonly Policy[]): string[] {
  return manifests.flatMap((manifest) =>
    policies.flatMap((policy) => policy(manifest)).map((problem) => `${nameOf(manifest)}: ${problem}`),
  );
}

/** Generated config maps have no labels of their own. */
export const RENDERED_POLICIES: readonly Policy[] = [
  ...WRITTEN_POLICIES.filter((policy) => policy !== ownLabels),
  rendered,
];
