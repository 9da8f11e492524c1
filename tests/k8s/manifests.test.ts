import type { Loose, Manifest } from './manifest.js';
import { bytesOf } from './manifest.js';
import { RENDERED_POLICIES, violations, WRITTEN_POLICIES } from './policies.js';
import { COMPONENTS, hasKubectl, OVERLAYS, renderOverlay, renderWith, writtenManifests } from './render.js';
import { schemaProblems } from './strict-schema.js';

const problemsOf = (manifests: readonly Manifest[]): string[] =>
  manifests.flatMap((manifest) =>
    schemaProblems(manifest).map((problem) => `${manifest.kind}/${manifest.metadata.name} ${problem}`),
  );
const withKubectl = hasKubectl ? test : test.skip;

test('manifests have no field that Kubernetes does not know, and every one that it needs', () => {
  expect(problemsOf(writtenManifests())).toEqual([]);
});

test('every container is restricted, every port named, every label there, every pod may be drained', () => {
  expect(violations(writtenManifests(), WRITTEN_POLICIES)).toEqual([]);
});

withKubectl.each(OVERLAYS)('overlay %s renders to manifests that keep every rule', (name) => {
  const manifests = renderOverlay(name);
  expect(problemsOf(manifests)).toEqual([]);
  expect(violations(manifests, RENDERED_POLICIES)).toEqual([]);
});

/** The two databases have one name; the component that sets pull policies only changes what is there. */
const ALTERNATIVES = ['mysql', 'mysql-external'];
const COMBINATIONS: string[][] = [
  [],
  ...COMPONENTS.map((name) => [name]),
  ...ALTERNATIVES.map((database) =>
    COMPONENTS.filter((name) => name === database || !ALTERNATIVES.includes(name)),
  ),
  ...COMPONENTS.flatMap((one, index) => COMPONENTS.slice(index + 1).map((other) => [one, other])).filter(
    (pair) => !ALTERNATIVES.every((name) => pair.includes(name)),
  ),
];

withKubectl(
  'every component renders alone, in pairs, and all together',
  () => {
    for (const components of COMBINATIONS) {
      const manifests = renderWith(components);
      expect([components, problemsOf(manifests)]).toEqual([components, []]);
      const labelled = violations(manifests, RENDERED_POLICIES).filter(
        // The label of the whole comes from the overlay for what a component adds.
        (line) => !/part-of|no such label/.test(line),
      );
      expect([components, labelled]).toEqual([components, []]);
    }
  },
  120_000,
);

describe('the checks themselves', () => {
  const [deployment] = writtenManifests().filter(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'cpemon-api',
  );
  const changed = (change: (copy: Loose) => void): Manifest => {
    const copy = structuredClone(deployment!);
    change(copy);
    return copy;
  };

  test.each<[string, (copy: Loose) => void, RegExp]>([
    ['an unknown field', (copy) => (copy.spec.replica = 2), /^\.spec\.replica: unknown field$/],
    ['a wrong type', (copy) => (copy.spec.replicas = '2'), /^\.spec\.replicas: "2" is no integer$/],
    ['a missing field', (copy) => delete copy.spec.selector, /^\.spec\.selector: missing$/],
    [
      'an old version',
      (copy) => (copy.apiVersion = 'apps/v1beta1'),
      /^unknown kind apps\/v1beta1 Deployment$/,
    ],
    [
      'no quantity',
      (copy) => (copy.spec.template.spec.containers[0].resources.limits.memory = '512 MB'),
      /limits\.memory: "512 MB" is no quantity$/,
    ],
  ])('%s is found', (_what, change, problem) => {
    expect(schemaProblems(changed(change))).toEqual([expect.stringMatching(problem)]);
  });

  test.each<[string, (pod: Loose) => void, RegExp]>([
    ['root', (pod) => (pod.securityContext.runAsNonRoot = false), /may run as root/],
    [
      'a writable root',
      (pod) => (pod.containers[0].securityContext.readOnlyRootFilesystem = false),
      /can write/,
    ],
    [
      'an added capability',
      (pod) => (pod.containers[0].securityContext.capabilities.add = ['NET_RAW']),
      /keeps cap/,
    ],
    ['a token', (pod) => delete pod.automountServiceAccountToken, /gets a token/],
    ['a port without a name', (pod) => delete pod.containers[0].ports[0].name, /port 8080 is called/],
    ['no limit', (pod) => delete pod.containers[0].resources.limits, /no limit of memory/],
    [
      'a probe of the database',
      (pod) => (pod.containers[0].livenessProbe.httpGet.path = '/readyz'),
      /\/livez/,
    ],
    ['a hasty end', (pod) => delete pod.containers[0].lifecycle, /while proxies still send/],
    ['a short grace', (pod) => (pod.terminationGracePeriodSeconds = 10), /killed before/],
  ])('%s is found', (_what, change, problem) => {
    const bad = changed((copy) => change(copy.spec.template.spec));
    expect(violations([bad], WRITTEN_POLICIES)).toEqual([expect.stringMatching(problem)]);
  });

  test('quantities are read as bytes', () => {
    expect([bytesOf('512Mi'), bytesOf('1Gi'), bytesOf('1000')]).toEqual([536_870_912, 1_073_741_824, 1000]);
  });
});
