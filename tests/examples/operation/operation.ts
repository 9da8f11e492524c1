import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readAlertSettings, type AlertSettings } from '@cpemon/alerts';
import { readHealthRulesText } from '@cpemon/contracts';
import type { SingleConnection } from '@cpemon/database';
import {
  COMMAND_EVENT_TYPE,
  DEFAULT_REACHABILITY_SETTINGS,
  DEFAULT_SILENCE_SETTINGS,
  compileHealthRules,
  sourceOfPath,
  type CpeEvent,
  type HealthRules,
} from '@cpemon/domain';
import type { LaneBatch, LaneRef, LoggedEvent } from '@cpemon/event-log';
import { labelSetIds, labelsText, writeBeat } from '@cpemon/store';
import type { RowDataPacket } from 'mysql2';
import type { HttpRequest } from '../../../services/cpe-simulator/src/http-target.js';
import type { Outcome } from '../../../services/cpe-simulator/src/outcome.js';
import type { Path } from '../../../services/cpe-simulator/src/report-ways.js';
import { createRandom } from '../../../services/cpe-simulator/src/seeded-random.js';
import { createEvaluator, type Evaluator } from '../../../services/cpemon-writer/src/alerts/evaluator.js';
import {
  createDeviceApplier,
  type DeviceApplier,
} from '../../../services/cpemon-writer/src/device-applier.js';
import {
  decideSilences,
  nothingHeard,
  type HeardLately,
} from '../../../services/cpemon-writer/src/source-watch/decide-silences.js';
import {
  createSimulatedFleet,
  type SimulatedFleet,
  type SimulatedFleetOptions,
} from '../../support/simulated-fleet.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';
import { WAY_IN, eventsOfRequest } from './read-shipment.js';
import { connectWithClock, type ClockedConnection } from './simulated-clock.js';

/** Parts of an installation that can be away for a while. */
export type Part = 'writer' | 'ingest' | 'database';

/**
 * A simulated fleet and all that judges it, in simulated time over a real database: the readers of the intake, the
 * writer's batches with their rules, the decision who is silent, the change feed, the evaluator of alerts, the outbox.
 * Only HTTP, the log's tables and the loops are left out: a list stands for the log, and `pass` for the loops.
 */
export interface Operation {
  stage: SimulatedFleet;
  database: TestDatabase;
  /** Lets time pass. @param stepSeconds how often is judged: what is decided is up to so much later */
  pass(minutes: number, stepSeconds?: number): Promise<void>;
  /** From now on it is away. */
  takeAway(part: Part): void;
  bringBack(part: Part): void;
  /** Events that the intake has taken. */
  accepted(): number;
  stop(): Promise<void>;
}

export interface OperationOptions extends Pick<
  SimulatedFleetOptions,
  'devices' | 'mix' | 'intervalSeconds' | 'seed' | 'plan' | 'faster'
> {
  /** As a file of alert settings has it, beside the receiver. */
  alerts?: object;
  /** As `baseline_day` of a file of health rules; '1d' when left out. */
  baselineDay?: string;
}

const PATHS = ['heartbeat', 'telemetry', 'webhook', 'bulkdata', 'events', 'command'] as const;
/** Of a writer that catches up. */
const EVENTS_A_BATCH = 2000;
const RULES = resolve(__dirname, '../../../rules/device-health.yaml');
const AWAY: Outcome = { kind: 'unanswered', reason: 'connection_refused' };
const NO_DATABASE: Outcome = { kind: 'refused', status: 503, retryAfterMs: 1000 };
const ACCEPTED: Outcome = { kind: 'accepted', rejected: [] };

/** What of a writer is gone when it stops. */
interface Writer {
  applier: DeviceApplier;
  heard: HeardLately;
  evaluator: Evaluator;
}

export async function startOperation(options: OperationOptions = {}): Promise<Operation> {
  const database = await createTestDatabase();
  const clocked = await connectWithClock(database.address);
  const { connection } = clocked;
  await database.pool.query('DELETE FROM log_lanes WHERE lane > 0');
  await database.pool.query('DELETE FROM log_offsets WHERE lane > 0');
  const lane = await readLane(database);
  const log: LoggedEvent[] = [];
  const away = new Set<Part>();
  const commands = createInventory(connection);
  let sequence = 0;
  let requests = 0;
  const append = (receivedAt: number, events: readonly CpeEvent[]): void => {
    for (const event of events) log.push({ sequence: (sequence += 1), receivedAt, event });
  };
  const take = (path: Path, request: HttpRequest | undefined, atMs: number): Outcome => {
    if (away.has('ingest')) return AWAY;
    if (away.has('database')) return NO_DATABASE;
    if (request === undefined || WAY_IN[path] === undefined)
      throw new Error(`the operation has no way in for ${path}`);
    requests += 1;
    let made = 0;
    const events = eventsOfRequest(path, request, {
      ...{ nowMs: atMs, correlationId: `request-${requests}` },
      randomId: () => `made-${requests}-${(made += 1)}`,
    });
    append(atMs, events);
    return ACCEPTED;
  };
  const stage = createSimulatedFleet({
    ...{ devices: 512, mix: 'heartbeat=60,webhook=40', intervalSeconds: 300, stepMs: 1000, lazy: true },
    ...options,
    plan: { devicesPerSite: 128, sitesPerBng: 2, ...options.plan },
    answer: (shipment, atMs, request) => take(shipment.path, request(), atMs),
    answerObservations: (request, atMs) => take('observation', request, atMs),
  });
  const settings = readAlertSettings({
    ...options.alerts,
    receivers: [{ name: 'noc', type: 'webhook', url: 'http://127.0.0.1:1/' }],
  });
  const rules = healthRules(options.baselineDay);
  const random = createRandom(options.seed ?? 1);
  let writer: Writer | undefined;
  let beatAt: number | undefined;
  let applied = 0;

  const beat = async (): Promise<void> => {
    if (beatAt !== undefined)
      await connection.query('UPDATE intake_paths SET accepted_at = UTC_TIMESTAMP(3)');
    // The first one after a time without writes down that there was none.
    else
      await writeBeat(connection, { process: 'ingest', service: 'ingest', paths: PATHS, accepting: PATHS });
    beatAt = stage.nowMs();
  };

  const transact = async <T>(work: (transaction: SingleConnection) => Promise<T>): Promise<T> => {
    await connection.query('START TRANSACTION');
    const result = await work(connection);
    await connection.query('COMMIT');
    return result;
  };

  const apply = async ({ applier }: Writer, events: LoggedEvent[], watermark: number): Promise<void> => {
    const batch: LaneBatch = {
      ...{ ...lane, mode: 'live', events, watermark, attemptAt: stage.nowMs() },
      ...{ parked: new Set<string>(), refusals: new Map() },
    };
    const prepared = await applier.prepare([batch]);
    if (prepared.parked.length > 0)
      throw new Error(`an event was refused: ${JSON.stringify(prepared.parked[0])}`);
    await transact(async (transaction) => {
      await prepared.write(transaction);
      await transaction.query(
        `INSERT INTO log_offsets (grp, generation, lane, applied_seq, watermark) VALUES ('state', ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE applied_seq = VALUES(applied_seq), watermark = VALUES(watermark)`,
        [lane.generation, lane.lane, events.at(-1)?.sequence ?? applied, new Date(watermark)],
      );
    });
    prepared.committed();
    applied = events.at(-1)?.sequence ?? applied;
  };

  /** What a writer does in a moment. */
  const work = async (): Promise<void> => {
    writer ??= await startWriter({ clocked, lane, stage, settings, rules, random, transact });
    while (log.length > 0) {
      const events = log.splice(0, EVENTS_A_BATCH);
      await apply(writer, events, log[0]?.receivedAt ?? stage.nowMs());
      append(stage.nowMs(), await commands.ofNewcomers(stage, events));
      await decideSilences(connection, transact, writer.heard, DEFAULT_SILENCE_SETTINGS);
      await evaluate(writer);
    }
    await apply(writer, [], stage.nowMs());
    await decideSilences(connection, transact, writer.heard, DEFAULT_SILENCE_SETTINGS);
    await evaluate(writer);
  };

  return {
    ...{ stage, database },
    async pass(minutes, stepSeconds = 60) {
      const until = stage.nowMs() + minutes * 60_000;
      while (stage.nowMs() < until) {
        await stage.pass(Math.min(stepSeconds, (until - stage.nowMs()) / 1000));
        stage.heard.length = 0;
        await clocked.set(stage.nowMs());
        if (away.has('database')) continue;
        if (!away.has('ingest')) await beat();
        if (!away.has('writer')) await work();
      }
    },
    takeAway(part) {
      away.add(part);
      if (part === 'writer') writer = undefined;
      else beatAt = undefined;
    },
    bringBack: (part) => void away.delete(part),
    accepted: () => sequence,
    async stop() {
      await connection.end();
      await database.drop();
    },
  };
}

async function readLane({ pool }: TestDatabase): Promise<LaneRef> {
  const [[row]] = await pool.query<RowDataPacket[]>(
    'SELECT MAX(generation) AS generation FROM log_generations',
  );
  return { generation: Number(row?.['generation']), lane: 0 };
}

async function evaluate({ evaluator }: Writer): Promise<void> {
  while (await evaluator.step());
}

function healthRules(baselineDay = '1d'): HealthRules {
  return compileHealthRules(
    readHealthRulesText(`baseline_day: ${baselineDay}\n${readFileSync(RULES, 'utf8')}`),
  );
}

async function startWriter(given: {
  clocked: ClockedConnection;
  lane: LaneRef;
  stage: SimulatedFleet;
  settings: AlertSettings;
  rules: HealthRules;
  random: () => number;
  transact: <T>(work: (transaction: SingleConnection) => Promise<T>) => Promise<T>;
}): Promise<Writer> {
  const { clocked, lane, stage, settings, rules, random, transact } = given;
  const { connection } = clocked;
  const applier = createDeviceApplier({
    read: (work) => work(connection),
    settings: DEFAULT_REACHABILITY_SETTINGS,
    ...{ cachedDevices: 1e6, cachedBytes: 1e9 },
    healthRules: () => rules,
    monotonicMs: () => stage.nowMs(),
  });
  await applier.openLane(lane);
  const evaluator = await createEvaluator({ connection, transact, settings: () => settings, random });
  return { applier, heard: nothingHeard(), evaluator };
}

/** The inventory of the simulated network: a device has its labels once it was heard. */
function createInventory(connection: SingleConnection) {
  const known = new Set<string>();
  const sets = new Map<string, number>();
  return {
    async ofNewcomers({ fleet }: SimulatedFleet, events: readonly LoggedEvent[]): Promise<CpeEvent[]> {
      const labels = new Map<string, string>();
      for (const { event } of events) {
        if (known.has(event.subject) || event.type === COMMAND_EVENT_TYPE) continue;
        known.add(event.subject);
        const device = fleet.findIndex(event.subject);
        if (device === undefined) continue;
        const { region, site, bng, tier, olt, pon } = fleet.placeOf(device);
        const own = { region, site, bng, tier, ...(olt && { olt }), ...(pon && { pon }) };
        labels.set(event.subject, labelsText(own));
      }
      const missing = [...new Set(labels.values())].filter((text) => !sets.has(text));
      if (missing.length > 0)
        for (const [text, id] of await labelSetIds(connection, missing)) sets.set(text, id);
      return [...labels].map(([subject, text]) => ({
        ...{ id: `inventory-${subject}`, source: sourceOfPath('command'), type: COMMAND_EVENT_TYPE, subject },
        data: {
          command: { name: 'inventory', revision: 1, admin_state: 'in_service', label_set: sets.get(text)! },
        },
      }));
    },
  };
}
