import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, parseDatabaseUrl } from '@cpemon/database';
import type { RowDataPacket } from 'mysql2';
import { takeBackup, type TakenBackup } from '../backup/take-backup.js';
import { restoreIntoFolder } from '../backup/restore-into-folder.js';
import type { DumpTools } from '../backup/dump-tools.js';
import type { ServerBinary } from '../server-binary.js';
import type { DeviceTruth } from '../verify/compare-devices.js';
import { fleetCountDrift, lanesWithHoles } from '../verify/log-checks.js';
import { readStoredDevices } from '../verify/stored-devices.js';
import type { SimulatorTruth } from '../verify/truth-reader.js';
import { compareBooks } from './compare-books.js';
import type { DrillReport } from './drill-report.js';
import { startDrillStack, until, type DrillStack } from './drill-stack.js';

export interface RestoreDrillOptions {
  repository: string;
  /** Of the stacks: without a DATABASE_URL. */
  environment: NodeJS.ProcessEnv;
  server: ServerBinary;
  tools: DumpTools;
  devices: number;
  /** How long events flow before the backup, and again after it. */
  loadSeconds: number;
  report: DrillReport;
  /** `npm run cpemon -- --data FOLDER …`, in this process. */
  runVerb: (args: readonly string[]) => Promise<number>;
  signal: AbortSignal;
}

const INTERVAL_SECONDS = 2;
const SETTLED_WITHIN_MS = 60_000;
/** Devices of the drill's own: they report once, so that an erased one has no reason to be there again. */
const ERASED_BEFORE = 'DRILL-ERASED-BEFORE';
const ERASED_AFTER = 'DRILL-ERASED-AFTER';
const KEPT = 'DRILL-KEPT';

/**
 * Backs a stack up under load, loses it, restores the backup elsewhere as a new generation, and compares what is there
 * with what senders were told. Leaves nothing behind.
 * @returns whether nothing of before the backup was lost and everything else holds
 */
export async function restoreDrill(options: RestoreDrillOptions): Promise<boolean> {
  const { report, signal } = options;
  const folder = mkdtempSync(join(tmpdir(), 'cpemon-drill-'));
  const stacks: DrillStack[] = [];
  try {
    const lost = await loseStack(options, folder, stacks);
    signal.throwIfAborted();
    await report.step('Restore into a new folder', () =>
      restoreIntoFolder({
        ...{ folder: lost.backup.folder, dataFolder: join(folder, 'restored') },
        ...{ server: options.server, tools: options.tools },
        migrationsFolder: join(options.repository, 'sql'),
        say: (line) => report.detail(line),
      }),
    );
    signal.throwIfAborted();
    await examineRestored(options, folder, stacks, lost);
    return report.good();
  } finally {
    for (const stack of stacks) await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface LostStack {
  backup: TakenBackup;
  /** Acknowledged events of each device when the backup began. */
  before: Map<string, number>;
  truths: DeviceTruth[];
}

async function loseStack(
  { report, loadSeconds, devices, repository, environment, tools, runVerb, signal }: RestoreDrillOptions,
  folder: string,
  stacks: DrillStack[],
): Promise<LostStack> {
  const dataFolder = join(folder, 'lost');
  const stack = await report.step(`Start a stack with ${devices} devices`, () =>
    startDrillStack({
      ...{ repository, dataFolder, devices, environment },
      intervalSeconds: INTERVAL_SECONDS,
    }),
  );
  stacks.push(stack);
  for (const device of [ERASED_BEFORE, ERASED_AFTER, KEPT]) await mustTake(stack, device);
  await sleep(loadSeconds * 1000, undefined, { signal });
  await erase(stack, ERASED_BEFORE);

  const simulator = stack.simulator();
  const before = new Map((await truthsOf(simulator)).map(({ sn, acknowledged }) => [sn, acknowledged]));
  const backup = await report.step('Back up while events flow', () =>
    takeBackup({
      ...{ address: parseDatabaseUrl(stack.file().database.url), tools, to: join(folder, 'backups') },
      ...{ now: () => new Date(), say: (line) => report.detail(line) },
    }),
  );
  report.note('Size of the backup', `${(backup.manifest.dump.bytes / 1024 ** 2).toFixed(1)} MiB`);
  await sleep(loadSeconds * 1000, undefined, { signal });
  await erase(stack, ERASED_AFTER);
  await runVerb(['--data', dataFolder, 'erasures', 'export', join(folder, 'tombstones.json')]);
  await simulator.pause();
  await until('senders are at rest', async () => (await simulator.unsettled()) === 0, SETTLED_WITHIN_MS);
  const truths = await truthsOf(simulator);
  await report.step('Kill everything and take its data away', async () => {
    await stack.kill();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  return { backup, before, truths };
}

async function examineRestored(
  { report, repository, environment, runVerb }: RestoreDrillOptions,
  folder: string,
  stacks: DrillStack[],
  { backup, before, truths }: LostStack,
): Promise<void> {
  const dataFolder = join(folder, 'restored');
  const stack = await report.step('Start the restored stack', () =>
    startDrillStack({ ...{ repository, dataFolder, environment }, devices: 0, intervalSeconds: 2 }),
  );
  stacks.push(stack);
  const applied = async (): Promise<boolean> => (await stack.pipeline()).lag_events === 0;
  await report.step('Apply what the backup had not applied yet', () =>
    until('the backlog is applied', applied, SETTLED_WITHIN_MS),
  );
  const connection = await connect(parseDatabaseUrl(stack.file().database.url), {});
  try {
    const losses = compareBooks(before, truths, await readStoredDevices(connection));
    const { acknowledged, acknowledgedBefore } = losses;
    report.check(
      'Acknowledged before the backup and lost',
      losses.before === 0 && acknowledgedBefore > 0,
      `${losses.before} of ${acknowledgedBefore}`,
    );
    report.note(
      'Acknowledged after the backup had begun and lost',
      `${losses.after} of ${acknowledged - acknowledgedBefore}`,
    );
    report.check('There more often than sent', losses.doubled === 0, String(losses.doubled));
    for (const example of losses.examples) report.detail(example);
    const [holes, drift] = [await lanesWithHoles(connection), await fleetCountDrift(connection)];
    report.check('Lanes with holes', holes.length === 0, String(holes.length));
    report.check('Kept counts that a count contradicts', drift.length === 0, String(drift.length));

    const isThere = async (serialNumber: string): Promise<boolean> => {
      const [rows] = await connection.query<RowDataPacket[]>(
        'SELECT 1 FROM devices AS d JOIN device_state AS s ON s.device_id = d.device_id WHERE d.serial_number = ?',
        [serialNumber],
      );
      return rows.length > 0;
    };
    const text = (there: boolean): string => (there ? 'there' : 'not there');
    let there = await isThere(ERASED_BEFORE);
    report.check('A device erased before the backup', !there, text(there));
    report.note(
      'A device erased after it, before the tombstones are back',
      text(await isThere(ERASED_AFTER)),
    );
    await report.step('Bring the tombstones back', async () => {
      const code = await runVerb([
        ...['--data', dataFolder],
        ...['erasures', 'import', join(folder, 'tombstones.json')],
      ]);
      if (code !== 0) throw new Error('erasures import failed');
      await until(
        'the device is erased again',
        async () => !(await isThere(ERASED_AFTER)),
        SETTLED_WITHIN_MS,
      ).catch(() => undefined);
    });
    there = await isThere(ERASED_AFTER);
    report.check('A device erased after the backup', !there, text(there));
    there = await isThere(KEPT);
    report.check('A device that nobody erased', there, text(there));

    await mustTake(stack, KEPT);
    await until('the new event is applied', applied, SETTLED_WITHIN_MS);
    const [[row]] = await connection.query<RowDataPacket[]>(
      'SELECT MAX(generation) AS newest, (SELECT MAX(generation) FROM log_records) AS used FROM log_generations',
    );
    const [newest, used] = [Number(row?.['newest']), Number(row?.['used'])];
    const old = backup.manifest.log.generation;
    report.check(
      'New events go into a generation above the old one',
      newest > old && used === newest,
      `${used} after ${old}`,
    );
  } finally {
    connection.destroy();
  }
}

async function mustTake(stack: DrillStack, serialNumber: string): Promise<void> {
  await until(
    `a heartbeat of ${serialNumber} is taken`,
    async () => Math.floor((await stack.heartbeat(serialNumber)) / 100) === 2,
    SETTLED_WITHIN_MS,
  );
}

/** Asks for it and waits until the device is gone; what goes later by scheduled work is not waited for. */
async function erase(stack: DrillStack, serialNumber: string): Promise<void> {
  const api = stack.api();
  const { id } = await api.post<{ id: string }>('/v1/erasures', { device: serialNumber, reason: 'a drill' });
  await until(
    `${serialNumber} is erased`,
    async () =>
      (await api.get<{ state: string }>(`/v1/erasures/${encodeURIComponent(id)}`)).state !== 'asked',
    SETTLED_WITHIN_MS,
  );
}

async function truthsOf(simulator: SimulatorTruth): Promise<DeviceTruth[]> {
  const truths: DeviceTruth[] = [];
  for await (const truth of simulator.devices()) truths.push(truth);
  return truths;
}
