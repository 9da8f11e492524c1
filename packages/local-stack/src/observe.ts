import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.js';
import { openLogFile } from './log-file.js';
import { DEFAULT_BASE_PORT } from './port-plan.js';
import { endProcess, isRunning, type ProcessIdentity } from './process-identity.js';
import { findOrFetchPrometheus, type PrometheusWish } from './prometheus-programs.js';
import type { ReplicaStatus } from './service-group.js';
import { superviseProcess, type SupervisedProcess } from './supervised-process.js';

/** Ports with --base-port at its default. */
const PROMETHEUS_PORT = 9090;
const ALERTMANAGER_PORT = 9093;
const SCRAPE_SECONDS = 5;
const STOP_GRACE_MS = 2500;

export const observePorts = (basePort: number): { prometheus: number; alertmanager: number } => ({
  prometheus: PROMETHEUS_PORT + basePort - DEFAULT_BASE_PORT,
  alertmanager: ALERTMANAGER_PORT + basePort - DEFAULT_BASE_PORT,
});

export interface ObserveOptions {
  wish: PrometheusWish;
  /** Below the data folder; made here. */
  folder: string;
  logFolder: string;
  /** Its rules and the configuration of its Alertmanager are used as they are. */
  repository: string;
  basePort: number;
  /** One of them has ended by itself and comes back. */
  onFailure: (name: string, how: string, restartMs: number) => void;
}

export interface RunningObservers {
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** What runs now: Prometheus finds every replica within seconds. */
  watch(services: readonly ReplicaStatus[]): void;
  stop(): Promise<void>;
}

/**
 * Runs a Prometheus that scrapes the services of a stack, and an Alertmanager that shows what it makes of them.
 * @throws Error with a sentence when they are not there and cannot be fetched
 */
export async function startObservers(options: ObserveOptions): Promise<RunningObservers> {
  const { folder, logFolder, repository, basePort, onFailure } = options;
  const programs = await findOrFetchPrometheus(options.wish);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ports = observePorts(basePort);
  const targets = join(folder, 'targets.json');
  const configuration = join(folder, 'prometheus.json');
  writeFileAtomically(targets, '[]\n');
  // Every JSON is YAML.
  writeFileAtomically(
    configuration,
    `${JSON.stringify(prometheusConfiguration(repository, targets, ports), null, 2)}\n`,
  );

  const running: Record<string, SupervisedProcess> = {};
  const note = (): void => {
    const processes = Object.values(running).flatMap((one) => one.process() ?? []);
    writeFileAtomically(join(folder, PROCESSES), `${JSON.stringify(processes)}\n`);
  };
  const run = (name: string, program: string, args: string[]): void => {
    running[name] = superviseProcess({
      command: [program, ...args],
      folder,
      environment: {},
      onLine: openLogFile(join(logFolder, `${name}.log`)),
      onChange: () => queueMicrotask(note),
      onFailure: (how, restartMs) => onFailure(name, how, restartMs),
    });
  };
  run('alertmanager', programs.alertmanager, [
    `--config.file=${join(repository, 'prometheus/alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    '--cluster.listen-address=',
  ]);
  run('prometheus', programs.prometheus, [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    '--storage.tsdb.retention.time=2d',
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
  ]);
  return {
    prometheusUrl: `http://127.0.0.1:${ports.prometheus}/`,
    alertmanagerUrl: `http://127.0.0.1:${ports.alertmanager}/`,
    watch: (services) => writeFileAtomically(targets, `${JSON.stringify(targetsOf(services), null, 2)}\n`),
    async stop() {
      await Promise.all(Object.values(running).map((one) => one.stop(STOP_GRACE_MS)));
    },
  };
}

const PROCESSES = 'processes.json';

/** Of this run or of one that was killed. */
export function observersIn(folder: string): ProcessIdentity[] {
  try {
    return JSON.parse(readFileSync(join(folder, PROCESSES), 'utf8')) as ProcessIdentity[];
  } catch {
    return [];
  }
}

/** Ends what an earlier run has left behind. */
export async function endObservers(folder: string): Promise<void> {
  await Promise.all(
    observersIn(folder)
      .filter(isRunning)
      .map((one) => endProcess(one, STOP_GRACE_MS)),
  );
}

/** One group a service, named as in compose and Kubernetes. */
export const targetsOf = (services: readonly Pick<ReplicaStatus, 'name' | 'opsUrl'>[]) =>
  [...new Set(services.map(({ name }) => name))].map((name) => ({
    targets: services.filter((one) => one.name === name).map(({ opsUrl }) => new URL(opsUrl).host),
    labels: { job: name },
  }));

function prometheusConfiguration(
  repository: string,
  targets: string,
  ports: ReturnType<typeof observePorts>,
): object {
  return {
    global: {
      ...{ scrape_interval: `${SCRAPE_SECONDS}s`, evaluation_interval: `${SCRAPE_SECONDS}s` },
      external_labels: { stack: 'local' },
    },
    rule_files: [join(repository, 'prometheus/rules/*.yml')],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
    scrape_configs: [
      { job_name: 'cpemon', file_sd_configs: [{ files: [targets], refresh_interval: `${SCRAPE_SECONDS}s` }] },
    ],
  };
}
