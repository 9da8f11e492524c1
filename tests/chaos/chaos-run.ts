import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2';
import type { ServerBinary } from '@cpemon/local-stack';
import { startAlertReceiver, type AlertReceiver } from './alerts/alert-receiver.js';
import { alertEnvironment, settleAlerts } from './alerts/alert-run.js';
import { COMPARISONS } from './compare/all-comparisons.js';
import type { PipelineAnswer, Violation } from './compare/comparison.js';
import { readSetAside } from './compare/set-aside.js';
import type { FaultKind, FaultSite } from './faults/fault.js';
import { makeOldPartitions } from './faults/partition-faults.js';
import { requeueAll } from './faults/operator-faults.js';
import { runFaults, type FaultRecord } from './faults/run-faults.js';
import { planFaults } from './faults/schedule.js';
import { undoEverything } from './faults/undo-everything.js';
import { writeHistory } from './load/history.js';
import { createLedger, type Ledger } from './load/ledger.js';
import { isPoisoned, startLoad, type LoadMix } from './load/load.js';
import { closeConnections } from './load/post.js';
import { pause, waitFor } from './pause.js';
import { startChaosDatabase } from './stack/chaos-database.js';
import { startChaosStack, type ChaosStack } from './stack/chaos-stack.js';
import { makeClockSwitch } from './stack/clock-switch.js';
import { makeRunFolder } from './stack/run-folder.js';
import { createLogEvidence, type LogEvidence } from './watch/log-evidence.js';
import { createLogTail, type LogTail } from './watch/log-tail.js';
import { joinSlowGroup } from './watch/slow-group.js';
import { lagOf, readLanes, watchPipeline } from './watch/pipeline-watch.js';

export interface ChaosRunOptions {
  server: ServerBinary;
  /** libfaketime; absent: clocks are not set. */
  clockLibrary: string | undefined;
  /** Root of the build that runs: the repository, or a copy with a known bug. */
  program: string;
  baseFolder: string;
  minutes: number;
  seed: number;
  rate: number;
  kinds: readonly FaultKind[];
  /** Mean time between two faults. */
  faultEveryMs: number;
  mix: LoadMix;
  /** Further environment of the services. */
  environment?: Readonly<Record<string, string>>;
  /** What does not go on so long after a fault, or waits so long after the load, is stuck. */
  recoverWithinMs: number;
  drainWithinMs: number;
  /** Whether the folder with logs and data is kept; `auto`: when something is wrong. */
  keep: 'always' | 'auto' | 'never';
  say: (line: string) => void;
  /** Registers what must be done before the process ends, in whatever way. */
  atEnd: (release: () => Promise<void> | void) => void;
}

export interface ChaosResult {
  acknowledged: number;
  inDoubt: number;
  records: FaultRecord[];
  violations: Violation[];
}

/** The database's filesystem holds so much, plus what the events of the run take. */
const DISK_BYTES = 600 * 1024 * 1024;
const DISK_BYTES_PER_EVENT = 3000;
/** A flush that hung on a broken link has been sent again by then. */
const QUIET_MS = 3000;
/** What has not gone on after a fault for so long will not do so now. */
const HOPELESS_DRAIN_MS = 5000;

/** Runs the load and the faults, brings everything back and compares. */
export async function chaosRun(options: ChaosRunOptions): Promise<ChaosResult> {
  const { say } = options;
  const events = options.minutes * 60 * options.rate;
  const wantsDisk = options.kinds.some(({ name }) => name === 'disk-full');
  const folder = await makeRunFolder(
    options.baseFolder,
    wantsDisk ? DISK_BYTES + events * DISK_BYTES_PER_EVENT : undefined,
  );
  const found: Violation[] = [];
  let state: 'begun' | 'at rest' | 'compared' = 'begun';
  options.atEnd(() => {
    const wrong = state === 'at rest' || found.length > 0;
    const keep = options.keep === 'always' || (options.keep === 'auto' && wrong);
    folder.close(keep);
    if (keep) say(`kept: ${folder.path}`);
  });

  const { program, clockLibrary } = options;
  const wantsClocks = options.kinds.some(({ name }) => name.startsWith('clock-'));
  const clocks =
    clockLibrary === undefined || !wantsClocks ? undefined : makeClockSwitch(clockLibrary, folder.path);
  const server = {
    ...options.server,
    env: { ...options.server.env, ...clocks?.environment('database') },
  };
  const database = await startChaosDatabase({ server, folder: join(folder.path, 'database'), program, say });
  options.atEnd(() => database.stop());
  const ledger = createLedger(serialNumbers(Math.max(100, Math.ceil(options.rate * 2))));
  const log = createLogEvidence(ledger, (device) => isPoisoned(device, ledger.devices.length, options.mix));
  const broken: string[] = [];
  const tail = createLogTail({ onEntry: log.add, onBroken: (what) => broken.push(what) });
  await database.using(async (connection) => {
    await makeOldPartitions(connection);
    await writeHistory(connection, ledger);
    await joinSlowGroup(connection);
    await tail.read(connection);
  });
  const logs = join(folder.path, 'logs');
  mkdirSync(logs);
  const receiver = await startAlertReceiver(options.seed);
  options.atEnd(() => receiver.stop());
  const stack = await startChaosStack({
    ...{ database, program, folder: logs },
    environment: {
      ...clocks?.environment('services'),
      ...alertEnvironment(folder.path, receiver),
      ...options.environment,
    },
  });
  options.atEnd(() => stack.stop());
  if (!(await stack.ready())) throw new Error(`the services were not ready in time; see ${logs}`);
  const site: FaultSite = { stack, clocks, disk: folder.disk };

  const watch = watchPipeline(database);
  const following = followLog(tail, database);
  const load = startLoad({
    ledger,
    ...{ seed: options.seed, rate: options.rate, mix: options.mix, tokens: stack.tokens },
    alwaysKeyed: clocks !== undefined,
    targets: (path) => stack.urls(path === 'webhook' ? 'acs-ingest' : 'cpemon-api'),
  });
  options.atEnd(() => load.stop());

  const plans = planFaults({
    ...{ seed: options.seed, kinds: options.kinds },
    ...{ durationMs: options.minutes * 60_000, everyMs: options.faultEveryMs },
  });
  const faults = runFaults({
    ...{ site, plans, load, watch, say },
    recoverWithinMs: options.recoverWithinMs,
  });
  await faults.done;
  await undoEverything(site);
  const cameBack = await stack.ready(options.drainWithinMs);
  await load.stop();
  closeConnections();
  const isStuck = faults.records.some(
    ({ outcome, recoveryMs }) => outcome === 'injected' && recoveryMs === undefined,
  );
  const drained =
    cameBack &&
    (await drain(stack, isStuck ? HOPELESS_DRAIN_MS : options.drainWithinMs)) &&
    (await settleLetters(site, options));
  const alertsSettled = drained && (await settleAlerts(database, options.drainWithinMs));
  await watch.stop();
  await following.stop();
  state = 'at rest';

  const told = (kind: Violation['kind'], table: string, detail: string): void => {
    found.push({ kind, table, detail });
  };
  if (!cameBack) told('stuck', 'services', 'not every service came back');
  if (!drained)
    told('stuck', 'log_offsets', `events still wait ${options.drainWithinMs / 1000} s after the load`);
  if (drained && !alertsSettled)
    told('stuck', 'outbox', `alerts or messages still wait ${options.drainWithinMs / 1000} s after the load`);
  for (const refusal of load.refusals) told('lost', 'answers', refusal);
  for (const moved of watch.movedBack) found.push({ kind: 'doubled', table: 'log_offsets', ...moved });
  for (const what of broken) told('phantom', 'log_records', what);
  for (const { plan, outcome, recoveryMs } of faults.records) {
    if (outcome === 'injected' && recoveryMs === undefined)
      told('stuck', 'services', `nothing went on after ${plan.kind} at ${plan.at / 1000} s`);
  }
  found.push(...(await compareAll({ stack, ledger, log, tail, receiver })));
  state = 'compared';
  const { deliveries } = receiver;
  const messages = new Set(deliveries.map(({ id }) => id)).size;
  say(`alerts: ${messages} messages, which arrived ${deliveries.length} times`);
  return {
    acknowledged: ledger.acknowledged(),
    inDoubt: ledger.inDoubt(),
    records: faults.records,
    violations: found,
  };
}

const serialNumbers = (devices: number): string[] =>
  Array.from({ length: devices }, (_, n) => `CHAOS-${String(n).padStart(6, '0')}`);

/** Reads the log every second while it grows. */
function followLog(tail: LogTail, database: ChaosStack['database']): { stop(): Promise<void> } {
  let stopping = false;
  const following = (async () => {
    while (!stopping) {
      await database.using((connection) => tail.read(connection)).catch(() => undefined);
      await pause(1000);
    }
  })();
  return {
    stop() {
      stopping = true;
      return following;
    },
  };
}

/** Everything that was given up is asked for once more; what fails again is given up again. */
async function settleLetters(site: FaultSite, { mix, drainWithinMs }: ChaosRunOptions): Promise<boolean> {
  if (mix.poisoned === 0) return true;
  const { database } = site.stack;
  const count = async (sql: string): Promise<number> => {
    const [[row]] = await database.using((connection) => connection.query<RowDataPacket[]>(sql));
    return Number(row?.['found']);
  };
  const nothingParked = (): Promise<boolean> =>
    waitFor(async () => (await count('SELECT COUNT(*) AS found FROM log_parked')) === 0, drainWithinMs, 500);
  const nothingAsked = (): Promise<boolean> =>
    waitFor(
      async () =>
        (await count(
          `SELECT COUNT(*) AS found FROM log_dead_letters WHERE state IN ('requeue', 'discard')`,
        )) === 0,
      drainWithinMs,
      500,
    );
  if (!(await nothingParked())) return false;
  await requeueAll(site);
  return (await nothingAsked()) && (await nothingParked());
}

/** Waits until nothing arrives and nothing waits any more. */
async function drain(stack: ChaosStack, withinMs: number): Promise<boolean> {
  let heads = '';
  let since = performance.now();
  return waitFor(async () => {
    const reading = await stack.database.using(readLanes);
    const now = JSON.stringify([...reading.heads]);
    if (now !== heads) [heads, since] = [now, performance.now()];
    return lagOf(reading) === 0 && performance.now() - since > QUIET_MS;
  }, withinMs);
}

async function compareAll(seen: {
  stack: ChaosStack;
  ledger: Ledger;
  log: LogEvidence;
  tail: LogTail;
  receiver: AlertReceiver;
}): Promise<Violation[]> {
  const { database } = seen.stack;
  const { deliveries } = seen.receiver;
  return database.using(async (connection) => {
    await seen.tail.finish(connection);
    const pipeline = await readPipeline(seen.stack);
    // Nothing may be judged silent while two tables are compared.
    const writers = seen.stack.of('cpemon-writer').filter((writer) => writer.wanted());
    await Promise.all(writers.map((writer) => writer.stop(8000)));
    const setAside = await readSetAside(connection);
    const evidence = { ...seen, connection, pipeline, setAside, deliveries };
    const violations: Violation[] = [];
    for (const comparison of COMPARISONS) violations.push(...(await comparison.compare(evidence)));
    return violations;
  });
}

async function readPipeline(stack: ChaosStack): Promise<PipelineAnswer> {
  const [url] = stack.urls('cpemon-api');
  const answer = await fetch(`${url}/v1/pipeline`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`/v1/pipeline answered ${answer.status}`);
  return (await answer.json()) as PipelineAnswer;
}
