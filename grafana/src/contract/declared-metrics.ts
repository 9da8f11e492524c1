import type { IntakePath } from '@cpemon/domain';
import type { LogStats } from '@cpemon/event-log';
import type * as intakePackage from '@cpemon/intake';
import type * as modelFolderPackage from '@cpemon/model-folder';
import type * as kitPackage from '@cpemon/service-kit';
import type { Registry } from '@cpemon/service-kit';
import type * as tracingPackage from '@cpemon/tracing';
import type * as cwmpMetrics from '../../../services/acs-ingest/src/cwmp/cwmp-metrics.js';
import type * as sharedGauges from '../../../services/cpemon-api/src/shared-gauges.js';
import type * as simulatorMetrics from '../../../services/cpe-simulator/src/metrics.js';
import type * as builtInScenarios from '../../../services/cpe-simulator/src/scenarios/built-in-scenarios.js';
import type * as simulatorTruth from '../../../services/cpe-simulator/src/truth.js';
import type * as alertMetrics from '../../../services/cpemon-writer/src/alerts/alert-metrics.js';
import type * as coverageMetrics from '../../../services/cpemon-writer/src/coverage/coverage-metrics.js';
import type * as writerMetrics from '../../../services/cpemon-writer/src/metrics.js';

export const SERVICES = ['acs-ingest', 'cpemon-api', 'cpemon-writer', 'cpe-simulator'] as const;
export type Service = (typeof SERVICES)[number];

/** Loads a module of this repository by its source file without the ending, compiled or not. */
export type LoadModule = <T>(file: string) => T;

type Kit = typeof kitPackage;
type Intake = typeof intakePackage;
type ModelFolder = typeof modelFolderPackage;
type Alerts = typeof alertMetrics;
type Tracing = typeof tracingPackage;
type Coverage = typeof coverageMetrics;
type Cwmp = typeof cwmpMetrics;
type Shared = typeof sharedGauges;
type Writer = typeof writerMetrics;
type Simulator = typeof simulatorMetrics;
type Truth = typeof simulatorTruth;
type Scenarios = typeof builtInScenarios;

const ACS_PATHS: readonly IntakePath[] = ['webhook', 'mirror', 'cwmp'];
const API_PATHS: readonly IntakePath[] = ['heartbeat', 'telemetry', 'events', 'bulkdata'];
/** More lanes than an installation has by default; the most that a log can have is 1,024. */
const LANES = 16;

/** What each service declares when everything it can do is switched on, in registries that nobody scrapes. */
export async function declaredMetrics(load: LoadModule): Promise<Record<Service, Registry>> {
  const kit = load<Kit>('packages/service-kit/src/index');
  const of = (service: Service): Registry => kit.createRegistry({ service, version: '0.1.0' });
  return {
    'acs-ingest': await acsIngest(load, of('acs-ingest')),
    'cpemon-api': await cpemonApi(load, of('cpemon-api')),
    'cpemon-writer': cpemonWriter(load, of('cpemon-writer')),
    'cpe-simulator': cpeSimulator(load, of('cpe-simulator')),
  };
}

const silent = { warn: () => undefined, info: () => undefined };

async function takesEvents(
  load: LoadModule,
  registry: Registry,
  paths: readonly IntakePath[],
): Promise<void> {
  const intake = load<Intake>('packages/intake/src/index');
  const metrics = intake.createIntakeMetrics(registry, paths, () => ({ events: 0, bytes: 0, callers: 0 }));
  metrics.gateSeen({ backlogBytes: 0, freeDiskRatio: 1, semiSync: 'held' }, []);
  await intake.openSecrets({ secrets: [], secretsFile: undefined }, registry, silent);
  readsParameters(load, registry);
  recordsTraces(load, registry);
}

function recordsTraces(load: LoadModule, registry: Registry): void {
  load<Tracing>('packages/tracing/src/index').createTracingMetrics(registry);
}

function readsParameters(load: LoadModule, registry: Registry): void {
  load<ModelFolder>('packages/model-folder/src/index').createModelMetrics(registry);
}

async function acsIngest(load: LoadModule, registry: Registry): Promise<Registry> {
  await takesEvents(load, registry, ACS_PATHS);
  load<Cwmp>('services/acs-ingest/src/cwmp/cwmp-metrics').createCwmpMetrics(registry, () => 0);
  return registry;
}

async function cpemonApi(load: LoadModule, registry: Registry): Promise<Registry> {
  await takesEvents(load, registry, API_PATHS);
  const shared = load<Shared>('services/cpemon-api/src/shared-gauges');
  const none = () => ({ busy: 0, idle: 0, waiting: 0 });
  shared.declarePoolUse(registry, { read: none, act: none });
  const lanes = Array.from({ length: LANES }, (_, lane) => ({ ...EMPTY_LANE, lane }));
  const noDevices = { unknown: 0, online: 0, stale: 0, offline: 0 };
  shared.createSharedGauges(registry).show({
    stats: { at: 0, lanes, members: [] },
    ...{ counts: noDevices, ofPathsDown: undefined },
    intake: { at: 0, acceptedAt: new Map([...ACS_PATHS, ...API_PATHS].map((path) => [path, 0])) },
  });
  return registry;
}

const EMPTY_LANE: LogStats['lanes'][number] = {
  ...{
    generation: 1,
    lane: 0,
    head: 0,
    base: 0,
    offset: 0,
    lagEvents: 0,
    lagBytes: 0,
    oldestUnappliedAt: null,
  },
  ...{ duplicates: 0, late: 0, quarantined: 0, erased: 0, parkedEvents: 0, parkedDevices: 0, deadLetters: 0 },
  ...{ discarded: 0, skipped: 0, owner: null, epoch: 0, watermark: null },
};

function cpemonWriter(load: LoadModule, registry: Registry): Registry {
  load<Writer>('services/cpemon-writer/src/metrics').createWriterMetrics(registry, () => ({
    devices: 0,
    bytes: 0,
  }));
  load<Alerts>('services/cpemon-writer/src/alerts/alert-metrics').createAlertMetrics(registry);
  load<Coverage>('services/cpemon-writer/src/coverage/coverage-metrics').createCoverageMetrics(registry);
  readsParameters(load, registry);
  recordsTraces(load, registry);
  return registry;
}

function cpeSimulator(load: LoadModule, registry: Registry): Registry {
  const { registerMetrics, registerScenarioMetrics, createRequestMetrics } = load<Simulator>(
    'services/cpe-simulator/src/metrics',
  );
  const { createTruth } = load<Truth>('services/cpe-simulator/src/truth');
  const { BUILT_IN_SCENARIOS } = load<Scenarios>('services/cpe-simulator/src/scenarios/built-in-scenarios');
  const nobody = { size: 0, silence: [] } as unknown as Parameters<typeof registerMetrics>[1];
  const idle = {
    load: () => ({ inFlight: 0, queued: 0, waiting: 0 }),
  } as unknown as Parameters<typeof registerMetrics>[2];
  createRequestMetrics(registry);
  registerMetrics(registry, nobody, idle, createTruth(0));
  registerScenarioMetrics(
    registry,
    BUILT_IN_SCENARIOS.map(({ name }) => name),
    () => [],
  );
  return registry;
}
