import { readConfig as readIngestConfig } from '../../services/acs-ingest/src/config.js';
import { readConfig as readSimulatorConfig } from '../../services/cpe-simulator/src/config.js';
import { readConfig as readApiConfig } from '../../services/cpemon-api/src/config.js';
import { readConfig as readWriterConfig } from '../../services/cpemon-writer/src/config.js';
import { readMigrateEnvironment } from '../../packages/local-stack/src/migrate-config.js';
import { serviceSecrets } from '../../packages/local-stack/src/service-secrets.js';
import { containersOf, isWorkload, podOf, type Loose, type Manifest } from './manifest.js';
import { mayReach } from './network-paths.js';
import { environmentOf } from './pod-environment.js';
import { hasKubectl, OVERLAYS, renderOverlay, renderWith } from './render.js';

/** Without kubectl nothing can be rendered: these are skipped, and `npm run check:k8s` does not let them be. */
const describeRendered = hasKubectl ? describe : describe.skip;

const SECRETS = serviceSecrets({
  tokens: { operator: 'an-operator-token', viewer: 'a-viewer-token', ingest: 'an-ingest-token' },
  webhookSecret: 'a-webhook-secret',
  cwmpPassword: 'a-cwmp-password',
  cwmpSessionSecret: 'a-secret-of-all-replicas',
  sessionSecret: 'a-secret-of-sessions',
  databaseAdmin: 'admin-pass',
  databaseUsers: {
    ...{ migrator: 'pass-1', ingest: 'pass-2', writer: 'pass-3' },
    ...{ api: 'pass-4', reporting: 'pass-5', maintenance: 'pass-6' },
  },
});

const READERS: Record<string, (env: Record<string, string>) => unknown> = {
  'acs-ingest': readIngestConfig,
  'cpemon-api': readApiConfig,
  'cpemon-writer': readWriterConfig,
  'cpe-simulator': readSimulatorConfig,
  migrate: readMigrateEnvironment,
  schema: readMigrateEnvironment,
};
/** What the images set (Dockerfile). */
const OF_IMAGE = { LISTEN_HOST: '0.0.0.0', OPS_PORT: '9100', PORT: '8080', CWMP_PORT: '7547' };

const workload = (manifests: readonly Manifest[], name: string): Manifest => {
  const found = manifests.find((one) => isWorkload(one) && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no workload ${name}`);
  return found;
};

describeRendered.each(OVERLAYS)('overlay %s', (overlay) => {
  let manifests: Manifest[];
  beforeAll(() => (manifests = renderOverlay(overlay)));

  test('gives every process an environment that it takes, from config maps and secrets that are made', () => {
    for (const each of manifests.filter(isWorkload))
      for (const container of containersOf(each)) {
        const environment = environmentOf(container, manifests, SECRETS);
        const read = READERS[container.name];
        if (read !== undefined)
          expect([container.name, read({ ...OF_IMAGE, ...environment })]).toEqual([
            container.name,
            expect.anything(),
          ]);
      }
  });

  test('leads each service to pods that have its ports', () => {
    for (const { metadata, spec } of manifests.filter(
      ({ kind, spec }) => kind === 'Service' && spec.selector,
    )) {
      const pods = manifests
        .filter((each) => isWorkload(each) && each.kind !== 'Job')
        .filter((each) =>
          Object.entries(spec.selector as object).every(([key, value]) => podOf(each).labels[key] === value),
        );
      const ports = pods.flatMap((pod) =>
        containersOf(pod).flatMap(({ ports = [] }) => ports.map(({ name }) => name)),
      );
      expect([metadata.name, ports]).toEqual([
        metadata.name,
        expect.arrayContaining((spec.ports as { targetPort: string }[]).map(({ targetPort }) => targetPort)),
      ]);
    }
  });

  test('has a disruption budget for each deployment of ours that is there twice', () => {
    const budgets = manifests
      .filter(({ kind }) => kind === 'PodDisruptionBudget')
      .map(({ spec }) => spec.selector.matchLabels['app.kubernetes.io/name'] as string);
    expect(budgets.sort()).toEqual(['acs-ingest', 'cpemon-api', 'cpemon-writer']);
  });

  test('lets the writer lose its lease no sooner than 15 s', () => {
    const [container] = podOf(workload(manifests, 'cpemon-writer')).spec.containers;
    expect(environmentOf(container, manifests, SECRETS)).toMatchObject({ LEASE_MS: '15000' });
  });

  test('answers one host: /acs and /cwmp by acs-ingest, all else by cpemon-api', () => {
    const { spec } = manifests.find(({ kind }) => kind === 'Ingress')!;
    expect(spec.rules).toHaveLength(1);
    const paths = (spec.rules[0].http.paths as Loose[]).map(
      (one: Loose) => [one.path, one.backend.service.name] as string[],
    );
    expect([spec.rules[0].host, spec.tls[0].hosts, paths]).toEqual([
      'api.local',
      ['api.local'],
      [
        ['/acs', 'acs-ingest'],
        ['/cwmp', 'acs-ingest'],
        ['/', 'cpemon-api'],
      ],
    ]);
  });
});

describeRendered('network policies of the lab', () => {
  let manifests: Manifest[];
  beforeAll(() => (manifests = renderOverlay('lab')));

  test.each([
    ...['acs-ingest', 'cpemon-api', 'cpemon-writer', 'migrate'].map((client) => [client, 'mysql', 'mysql']),
    ['cpe-simulator', 'cpemon-api', 'http'],
    ['cpe-simulator', 'acs-ingest', 'http'],
    ...['acs-ingest', 'cpemon-api', 'cpemon-writer', 'cpe-simulator'].map((one) => [
      'prometheus',
      one,
      'metrics',
    ]),
    ['prometheus', 'alertmanager', 'http'],
  ] as [string, string, string][])('%s reaches %s on its port %s', (from, to, port) => {
    expect(mayReach(manifests, from, to, port)).toBe(true);
  });

  test.each([
    ['cpe-simulator', 'mysql', 'mysql'],
    ['prometheus', 'mysql', 'mysql'],
    ['cpemon-api', 'acs-ingest', 'http'],
    ['cpemon-writer', 'cpemon-api', 'http'],
    ['cpe-simulator', 'cpemon-writer', 'metrics'],
    ['acs-ingest', 'alertmanager', 'http'],
  ] as [string, string, string][])('%s does not reach %s on its port %s', (from, to, port) => {
    expect(mayReach(manifests, from, to, port)).toBe(false);
  });
});

describeRendered('what scales by itself', () => {
  test('the lab has nothing of the kind, so that a writer at zero stays there', () => {
    const kinds = renderOverlay('lab').map(({ kind }) => kind);
    expect(kinds).not.toContain('HorizontalPodAutoscaler');
    expect(kinds).not.toContain('ScaledObject');
  });

  test('owns the number of replicas alone, and never goes below what keeps silence noticed', () => {
    const manifests = renderWith(['hpa', 'keda']);
    for (const name of ['acs-ingest', 'cpemon-api', 'cpemon-writer'])
      expect(workload(manifests, name).spec.replicas).toBeUndefined();
    const scaled = manifests.find(({ kind }) => kind === 'ScaledObject')!;
    expect(scaled.spec.minReplicaCount).toBe(1);
    for (const { spec } of manifests.filter(({ kind }) => kind === 'HorizontalPodAutoscaler'))
      expect(spec.minReplicas).toBeGreaterThanOrEqual(2);
  });
});
