import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import { controlActions } from './control-actions.js';
import type { LocalStackEnvironment } from './config.js';
import { startControlServer } from './control-server.js';
import { dataLayout, type DataLayout } from './data-layout.js';
import { findOrFetchServer } from './find-or-fetch-server.js';
import { endObservers, observePorts, startObservers, type RunningObservers } from './observe.js';
import { endLeftovers } from './leftovers.js';
import {
  databasePort,
  firstReplicaPorts,
  requireFreePorts,
  SERVICES,
  type ServiceName,
} from './port-plan.js';
import { prepareDatabase } from './prepare-database.js';
import { untilReady } from './readiness.js';
import { reopenLog } from './reopen-log.js';
import { createRunningServices, type RunningServices } from './running-services.js';
import { keepSecrets, type StackSecrets } from './secrets.js';
import { serviceSet, type ServiceProgram, type ServiceSetOptions } from './service-set.js';
import { removeSocket } from './short-socket.js';
import { writeStackFile } from './stack-file.js';
import { lockStack } from './stack-lock.js';
import { USUAL_DATA_FOLDER, type StartOptions } from './start-options.js';
import { superviseDatabase, type SupervisedDatabase } from './supervised-database.js';
import { makeLoginUrl } from './login-link.js';
import { welcome } from './welcome.js';
import type { Terminal } from './terminal.js';

const READY_TIMEOUT_MS = 60_000;
/** With the services' own times this keeps a whole stop within ten seconds; what is committed is safe either way. */
const DATABASE_GRACE_MS = 2500;

export interface LocalStackOptions {
  options: StartOptions;
  environment: LocalStackEnvironment;
  repository: string;
  terminal: Terminal;
  /** Aborted when a person wants the stack to end; whatever is being done is given up. */
  signal: AbortSignal;
  /** What to run in place of this repository's services (tests). */
  programs?: (options: ServiceSetOptions) => Record<ServiceName, ServiceProgram>;
}

/**
 * Runs a whole stack until `signal` is aborted, then stops it in order.
 * @throws Error with a sentence for the operator when it cannot start; nothing is left running then either
 */
export async function runLocalStack(given: LocalStackOptions): Promise<void> {
  const { options, terminal } = given;
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const layout = dataLayout(options.dataFolder);
  const unlock = lockStack(layout.lock, layout.folder);
  const stops: (() => Promise<void> | void)[] = [unlock];
  try {
    await run(given, layout, stops);
  } catch (error) {
    if (!given.signal.aborted) throw error;
  } finally {
    if (given.signal.aborted) terminal.print('Stopping');
    await undo(stops, terminal);
  }
}

/** In reverse order; what fails keeps nothing else from being stopped. */
async function undo(stops: (() => Promise<void> | void)[], terminal: Terminal): Promise<void> {
  for (const stop of stops.reverse()) {
    try {
      await stop();
    } catch (error) {
      terminal.print(`While stopping: ${(error as Error).message}`);
    }
  }
}

/** @param stops gets what undoes each step, in order */
async function run(
  given: LocalStackOptions,
  layout: DataLayout,
  stops: (() => Promise<void> | void)[],
): Promise<void> {
  const { options, terminal, signal } = given;
  const leftovers = await endLeftovers(layout);
  await endObservers(layout.observe);
  if (leftovers > 0) terminal.print(`Ended ${leftovers} processes that an earlier run left behind`);
  if (options.fresh) removeData(layout);
  mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
  await requireFreePorts(wantedPorts(given));
  const secrets = keepSecrets(layout.secrets);
  signal.throwIfAborted();

  const state: {
    database?: SupervisedDatabase;
    services?: RunningServices;
    observers?: RunningObservers;
    isOver?: true;
  } = {};
  let admin: DatabaseAddress;
  const publish = () => {
    if (state.isOver || state.services === undefined) return;
    const facts = { admin, secrets, controlSocket: layout.controlSocket };
    const server = state.database?.current()?.process ?? null;
    writeStackFile(layout.stackFile, { ...facts, server, services: state.services.running() });
    state.observers?.watch(state.services.running());
  };
  stops.push(() => {
    state.isOver = true;
    rmSync(layout.stackFile, { force: true });
  });

  if (given.environment.databaseUrl === undefined) {
    const database = await startOwnDatabase(given, layout, secrets, publish);
    state.database = database;
    stops.push(() => database.stop(DATABASE_GRACE_MS));
    admin = { ...database.current()!.address, schema: 'cpemon' };
  } else {
    admin = readGivenDatabase(given.environment.databaseUrl);
  }
  signal.throwIfAborted();
  const prepared = await prepareDatabase(admin, join(given.repository, 'sql'), secrets.databaseUsers);
  signal.throwIfAborted();
  const { applied } = prepared.migrations;
  if (applied.length > 0) terminal.print(`Schema ${admin.schema}: applied ${applied.join(', ')}`);
  if (options.restored) {
    const generation = await reopenLog(admin);
    terminal.print(`The data are a restored backup: the event log goes on in generation ${generation}`);
  }
  if (!prepared.hasOwnUsers) {
    terminal.print(
      `${admin.user} may not create database users: every service uses this login and all its rights`,
    );
  }

  const url = (name: ServiceName) => `http://127.0.0.1:${firstReplicaPorts(name, options.basePort).port}`;
  const programs = (given.programs ?? serviceSet)({
    repository: given.repository,
    inherited: given.environment.inherited,
    logLevel: given.environment.logLevel,
    secrets,
    login: prepared.login,
    apiUrl: url('cpemon-api'),
    acsUrl: url('acs-ingest'),
    // A simulator that is asked for by `scale` simulates something.
    devices: options.devices === 0 ? 100 : options.devices,
    intervalSeconds: options.intervalSeconds,
    ...(given.environment.databaseUrl === undefined ? { databaseFolder: layout.database } : {}),
  });
  const services = createRunningServices({
    programs,
    basePort: options.basePort,
    logFolder: layout.logs,
    terminal,
    onChange: publish,
  });
  state.services = services;
  if (options.observe) {
    const observers = await observe(given, layout);
    if (observers !== undefined) {
      state.observers = observers;
      stops.push(() => observers.stop());
    }
  }
  stops.push(() => services.stop());
  publish();
  const control = await startControlServer(
    layout.controlSocket,
    controlActions({ services, databasePid: () => state.database?.current()?.process.pid ?? null, signal }),
  );
  stops.push(() => control.close().then(() => removeSocket(layout.controlSocket, layout.folder)));

  const replicas: [ServiceName, number][] = [
    ['cpemon-api', options.apis],
    ['acs-ingest', options.ingests],
    ['cpemon-writer', options.writers],
    ['cpe-simulator', options.devices === 0 ? 0 : 1],
  ];
  for (const [name, count] of replicas) {
    // The fleet begins to report when there is somebody to report to.
    if (name === 'cpe-simulator') await readyOrTold(services, terminal, signal);
    signal.throwIfAborted();
    await services.scale(name, count);
  }
  await readyOrTold(services, terminal, signal);
  signal.throwIfAborted();
  const isUsualFolder = layout.folder === join(given.repository, USUAL_DATA_FOLDER);
  const facts = { dataFolder: layout.folder, dataOption: isUsualFolder ? '' : ` --data ${layout.folder}` };
  const running = services.running();
  const loginUrl = await makeLoginUrl(running, secrets.tokens.operator);
  const shown = { ...facts, secrets, database: admin, services: running, ...loginUrl };
  terminal.print(welcome(shown, terminal.bold));
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** Prometheus and Alertmanager; undefined, and a sentence about it, where they cannot be had: the stack runs without. */
async function observe(
  { options, environment, repository, terminal, signal }: LocalStackOptions,
  layout: DataLayout,
): Promise<RunningObservers | undefined> {
  try {
    const observers = await startObservers({
      wish: { ...environment.server, tell: terminal.print, signal },
      folder: layout.observe,
      logFolder: layout.logs,
      repository,
      basePort: options.basePort,
      onFailure: (name, how, restartMs) =>
        terminal.line(name, {
          level: 'warn',
          text: `ended by itself (${how}), starting it again in ${restartMs / 1000} s`,
        }),
    });
    terminal.print(`Prometheus: ${observers.prometheusUrl}  Alertmanager: ${observers.alertmanagerUrl}`);
    terminal.print(
      'No Grafana is started here: docker compose --profile grafana up has one (grafana/README.md)',
    );
    return observers;
  } catch (error) {
    signal.throwIfAborted();
    terminal.print(`${(error as Error).message}\nGoing on without Prometheus; the live page needs none`);
    return undefined;
  }
}

async function startOwnDatabase(
  { environment, options, terminal, signal }: LocalStackOptions,
  layout: DataLayout,
  secrets: StackSecrets,
  onChange: () => void,
): Promise<SupervisedDatabase> {
  const server = await findOrFetchServer({ ...environment.server, tell: terminal.print, signal });
  terminal.print(`Starting a private database: ${server.program}`);
  return superviseDatabase({
    server,
    folder: layout.database,
    adminPassword: secrets.databaseAdmin,
    port: databasePort(options.basePort),
    endLeftover: true,
    onChange,
    onFailure: (what, restartMs) =>
      terminal.line('database', {
        level: 'warn',
        text: `${what}, starting it again in ${restartMs / 1000} s`,
      }),
  });
}

function readGivenDatabase(url: string): DatabaseAddress {
  try {
    return parseDatabaseUrl(url);
  } catch (error) {
    throw new Error(`DATABASE_URL ${(error as Error).message}`, { cause: error });
  }
}

/** Only what a stack makes itself: the folder may hold other things. */
function removeData(layout: DataLayout): void {
  for (const path of [layout.database, layout.observe, layout.logs, layout.secrets, layout.stackFile]) {
    rmSync(path, { recursive: true, force: true });
  }
}

function wantedPorts({ options, environment }: LocalStackOptions): { owner: string; port: number }[] {
  const ofServices: { owner: string; port: number }[] = SERVICES.flatMap((name) => {
    const { port, cwmpPort, opsPort } = firstReplicaPorts(name, options.basePort);
    return [
      ...(port === undefined ? [] : [{ owner: name, port }]),
      ...(cwmpPort === undefined ? [] : [{ owner: `${name}, CWMP`, port: cwmpPort }]),
      { owner: `${name}, operations`, port: opsPort },
    ];
  });
  if (options.observe) {
    const { prometheus, alertmanager } = observePorts(options.basePort);
    ofServices.push({ owner: 'Prometheus', port: prometheus }, { owner: 'Alertmanager', port: alertmanager });
  }
  if (environment.databaseUrl !== undefined) return ofServices;
  return [...ofServices, { owner: 'database', port: databasePort(options.basePort) }];
}

async function readyOrTold(
  services: RunningServices,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const urls = () => services.running().map(({ opsUrl }) => opsUrl);
  const wanted = SERVICES.reduce((sum, name) => sum + services.group(name).size(), 0);
  if (await untilReady(urls, wanted, { timeoutMs: READY_TIMEOUT_MS, signal })) return;
  if (!signal.aborted) terminal.print('Not every service is ready yet: see their lines above and the logs');
}
