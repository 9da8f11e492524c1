import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, formatDatabaseUrl, type DatabaseAddress } from '@cpemon/database';
import type { PrivateDatabase } from '../private-database.js';
import { reopenLog } from '../reopen-log.js';
import type { ServerBinary } from '../server-binary.js';
import { lanesWithHoles } from '../verify/log-checks.js';
import { verify } from '../verify/verify.js';
import type { DrillReport } from './drill-report.js';
import { startDrillStack, until, type DrillStack } from './drill-stack.js';
import { freePort } from './free-port.js';
import { startIntakeProbe } from './intake-probe.js';
import { startRelay, type Relay } from './relay.js';
import {
  promote,
  setFetching,
  startPrimary,
  startReplica,
  type PairOptions,
  type ReplicationMode,
} from './replication.js';

export interface FailoverDrillOptions {
  repository: string;
  environment: NodeJS.ProcessEnv;
  server: ServerBinary;
  mode: ReplicationMode;
  devices: number;
  loadSeconds: number;
  /** How far apart the two servers are, one way, milliseconds. */
  distanceMs: number;
  report: DrillReport;
  signal: AbortSignal;
}

const INTERVAL_SECONDS = 1;
const WITHIN_MS = 90_000;
const SETTLE_MS = 120_000;

/** What is to be undone at the end, the last first. */
type Undo = (() => Promise<unknown>)[];

/**
 * Runs a stack on a primary with a replica, kills the primary under load, promotes the replica and leads the stack
 * there. Says for how long intake refused, and how many acknowledged events are gone. Leaves nothing behind.
 * @returns whether all is as the mode promises
 */
export async function failoverDrill(options: FailoverDrillOptions): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-failover-'));
  const undo: Undo = [];
  try {
    await run(options, folder, undo);
    return options.report.good();
  } finally {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(options: FailoverDrillOptions, folder: string, undo: Undo): Promise<void> {
  const { report, mode, loadSeconds, signal, devices } = options;
  const pair = await report.step(`Start a primary and a replica (${mode})`, () =>
    startPair(options, folder, undo),
  );
  signal.throwIfAborted();
  const { stack, relay } = await report.step(`Start a stack with ${devices} devices on the primary`, () =>
    startStack(options, folder, pair, undo),
  );
  const probe = startIntakeProbe(stack);
  undo.push(() => probe.stop());
  await sleep(loadSeconds * 1000, undefined, { signal });

  if (mode === 'semi-sync') await proveClosing(report, probe, pair.replica.address);
  signal.throwIfAborted();

  const killedMs = performance.now();
  process.kill(pair.primary.process.pid, 'SIGKILL');
  await pair.primary.ended;
  await report.step('Promote the replica', () => promote(pair.replica.address));
  const promoted: DatabaseAddress = { ...pair.replica.address, schema: 'cpemon' };
  await report.step('Open a new generation of the log', () => reopenLog(promoted, 'failover'));
  relay.leadTo(pair.ports.replica);
  const leadMs = performance.now();
  await until('events are taken again', () => Promise.resolve(probe.takenSince(leadMs)), WITHIN_MS);
  report.note(
    'No event was taken for, from the kill to the new primary',
    `${probe.longestGapSeconds(killedMs).toFixed(1)} s`,
  );
  await sleep(loadSeconds * 1000, undefined, { signal });
  await probe.stop();
  await compare(report, mode, stack, promoted);
}

async function compare(
  report: DrillReport,
  mode: ReplicationMode,
  stack: DrillStack,
  promoted: DatabaseAddress,
): Promise<void> {
  const connection = await connect(promoted, {});
  try {
    const {
      totals,
      unsettled,
      count_drift: drift,
    } = await verify({
      ...{ simulators: [stack.simulator()], connection, waitMs: SETTLE_MS, now: () => Date.now() },
    });
    if (unsettled !== undefined) report.check('Everything comes to rest', false, unsettled);
    const lost = `${totals.missing} of ${totals.acknowledged}`;
    if (mode === 'semi-sync') report.check('Acknowledged events lost', totals.missing === 0, lost);
    else report.note('Acknowledged events lost', lost);
    report.check('There more often than sent', totals.doubled === 0, String(totals.doubled));
    const holes = await lanesWithHoles(connection);
    report.check('Lanes with holes', holes.length === 0, String(holes.length));
    report.check('Kept counts that a count contradicts', drift.length === 0, String(drift.length));
  } finally {
    connection.destroy();
  }
}

/** While the replica fetches nothing, nothing may be acknowledged. */
async function proveClosing(
  report: DrillReport,
  probe: ReturnType<typeof startIntakeProbe>,
  replica: DatabaseAddress,
): Promise<void> {
  const closedFor = await (async () => {
    await setFetching(replica, false);
    const since = performance.now();
    await until('intake refuses', () => Promise.resolve(probe.refusedSince(since)), WITHIN_MS);
    const refusedMs = performance.now();
    await sleep(2000);
    const taken = probe.takenSince(refusedMs);
    report.check(
      'Intake is closed while no replica confirms',
      !taken,
      taken ? 'an event was acknowledged' : `after ${((refusedMs - since) / 1000).toFixed(1)} s`,
    );
    return refusedMs;
  })();
  await setFetching(replica, true);
  await until('intake is open again', () => Promise.resolve(probe.takenSince(closedFor)), WITHIN_MS);
}

interface Pair {
  primary: PrivateDatabase;
  replica: PrivateDatabase;
  ports: PairOptions['ports'];
}

async function startPair(
  { server, mode, distanceMs }: FailoverDrillOptions,
  folder: string,
  undo: Undo,
): Promise<Pair> {
  const ports = { primary: await freePort(), replica: await freePort() };
  const link = await startRelay(ports.primary, distanceMs);
  undo.push(() => link.close());
  const options: PairOptions = {
    ...{ server, folder, mode, ports, linkPort: link.port },
    password: randomBytes(18).toString('base64url'),
  };
  const primary = await startPrimary(options);
  undo.push(() => primary.stop(0));
  const replica = await startReplica(options, primary.address);
  undo.push(() => replica.stop(0));
  return { primary, replica, ports };
}

async function startStack(
  { repository, environment, devices }: FailoverDrillOptions,
  folder: string,
  { primary, ports }: Pair,
  undo: Undo,
): Promise<{ stack: DrillStack; relay: Relay }> {
  const relay = await startRelay(ports.primary);
  undo.push(() => relay.close());
  const { socket: _socket, ...address } = primary.address;
  const databaseUrl = formatDatabaseUrl({ ...address, port: relay.port, schema: 'cpemon' });
  const stack = await startDrillStack({
    ...{ repository, devices, dataFolder: join(folder, 'stack'), intervalSeconds: INTERVAL_SECONDS },
    environment: { ...environment, DATABASE_URL: databaseUrl },
  });
  undo.push(() => stack.stop());
  return { stack, relay };
}
