import type { SingleConnection } from '@cpemon/database';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { decideAlarms } from '../judgement/decided-alarms.js';
import { offlineDevices, startJudgedFleet } from '../judgement/judged-fleet.js';
import { plainFigure, ratioFigure } from '../report/alternating-runs.js';
import { summarise } from '../report/percentiles.js';
import { startPrivateStack } from '../stack/private-stack.js';

const SIZES = {
  quick: { devices: 20_000, oltDevices: 400 },
  short: { devices: 200_000, oltDevices: 4000 },
  full: { devices: 1_000_000, oltDevices: 4000 },
};
const MINUTE_MS = 60_000;
/** A device that reports every 5 minutes is offline after 15. */
const DEAD_FOR_MS = 16 * MINUTE_MS;
const DUE_SHARE = 100;
const ASK_EVERY_MS = 50;

/** What it takes to judge silence: of one in a hundred, of an OLT, of everybody. */
export const deaths: Benchmark = {
  name: 'deaths',
  about:
    'status sweep with 1 % due, an OLT of 4,000 that dies, everything that dies: 200,000 devices (--full: 1,000,000)',
  async run(context: BenchContext) {
    const { devices, oltDevices } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    let now = Date.now();
    const fleet = await startJudgedFleet(connection, { devices, oltDevices, startAt: now });
    const everybody = Array.from({ length: devices }, (_, device) => device);
    const isQuiet = (device: number): boolean => device % DUE_SHARE === 0;

    await fleet.report(everybody, now);
    now += DEAD_FOR_MS;
    await fleet.report(
      everybody.filter((device) => !isQuiet(device)),
      now - MINUTE_MS,
    );
    const due = everybody.filter(isQuiet).length;
    const sweep = sum(await fleet.sweep(now));
    await expectOffline(connection, due);
    const limit = await plainUpdate(connection);
    context.say(`${due} of ${devices} due: judged and written in ${sweep.toFixed(0)} ms`);
    await fleet.report(everybody.filter(isQuiet), now);
    await fleet.sweep(now);

    const dead = fleet.oltOf(oltDevices);
    now += DEAD_FOR_MS;
    await fleet.report(
      everybody.filter((device) => fleet.oltOf(device) !== dead),
      now - MINUTE_MS,
    );
    const oltSweep = sum(await fleet.sweep(now));
    const [alarm, ...others] = await decideAlarms(connection, now);
    if (others.length > 0 || alarm?.value !== dead || alarm.missing !== oltDevices)
      throw new WrongResult(`the alarms of ${dead} are ${JSON.stringify([alarm, ...others])}`);
    const oltSeconds = oltSweep / 1000 + alarm.afterSeconds;
    context.say(`${dead} is dead: alarm ${oltSeconds.toFixed(1)} s after the reports of all were missed`);

    await fleet.report(everybody, now);
    await fleet.sweep(now);
    const api = await stack.startApi({ READ_REQUESTS_PER_SECOND: '100000' });
    const asking = keepAsking(`http://127.0.0.1:${api.port}/v1/fleet`);
    now += DEAD_FOR_MS;
    const batches = await fleet.sweep(now);
    const answers = summarise(await asking.stop());
    await expectOffline(connection, devices);
    const [all, ...more] = await decideAlarms(connection, now);
    if (more.length > 0 || all?.label !== 'fleet')
      throw new WrongResult(`the alarms of a dead fleet are ${JSON.stringify([all, ...more])}`);
    context.say(
      `everybody is dead: swept in ${batches.length} batches, one alarm after ${all.afterSeconds.toFixed(1)} s, ` +
        `GET /v1/fleet meanwhile p95 ${answers.p95.toFixed(1)} ms`,
    );
    await stack.stop(api);
    return [
      ratioFigure('deaths.sweep', 'ms', 'plain-update', [{ ours: sweep, limit }]),
      plainFigure('deaths.olt-alarm', 's', [oltSeconds]),
      plainFigure('deaths.everything', 's', [sum(batches) / 1000]),
      plainFigure('deaths.everything-api-p95', 'ms', [answers.p95]),
    ];
  },
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

async function expectOffline(connection: SingleConnection, devices: number): Promise<void> {
  const offline = await offlineDevices(connection);
  if (offline !== devices) throw new WrongResult(`${offline} devices are offline, and not ${devices}`);
}

/** The least it can take: the same rows, one column, one statement, nothing judged. */
async function plainUpdate(connection: SingleConnection): Promise<number> {
  const startedAt = performance.now();
  await connection.query(
    "UPDATE device_state SET reachability_reason = 'silent' WHERE reachability = 'offline'",
  );
  return performance.now() - startedAt;
}

/** Asks again and again. `stop` gives how long each answer took, ms. */
function keepAsking(url: string): { stop(): Promise<number[]> } {
  const tookMs: number[] = [];
  let going = true;
  const asking = (async () => {
    while (going) {
      const startedAt = performance.now();
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (!answer.ok) throw new WrongResult(`GET /v1/fleet was answered ${answer.status}`);
      tookMs.push(performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  })();
  return {
    async stop() {
      going = false;
      await asking;
      return tookMs;
    },
  };
}
