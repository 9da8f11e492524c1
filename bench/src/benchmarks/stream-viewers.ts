import type { SingleConnection } from '@cpemon/database';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { startBareExpress } from '../limits/start-bare-express.js';
import { ratioFigure } from '../report/alternating-runs.js';
import { latencyText } from '../report/load-line.js';
import { summarise } from '../report/percentiles.js';
import { startBackgroundLoad } from '../stack/background-load.js';
import { startPrivateStack, type IngestProcess } from '../stack/private-stack.js';
import { openViewers, type StreamViewers } from '../stream/stream-viewers.js';

const SIZES = {
  quick: { reporting: 2000, eventsPerSecond: 500, probes: 10, viewers: 50 },
  short: { reporting: 100_000, eventsPerSecond: 8333, probes: 100, viewers: 200 },
  full: { reporting: 1_000_000, eventsPerSecond: 8333, probes: 300, viewers: 200 },
};
const SEEN_WITHIN_MS = 15_000;
/** Between two probes, at no fixed distance from the second in which figures are told. */
const PROBE_EVERY_MS = 330;

/** From the commit of a change to the moment at which each of many viewers has read it. */
export const streamViewers: Benchmark = {
  name: 'stream-viewers',
  about: 'writer commit to seen by 200 viewers of /v1/stream, p95 in ms, 8,333 events/s in the background',
  async run(context: BenchContext) {
    const { reporting, eventsPerSecond, probes, viewers: count } = SIZES[context.form];
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const background = await startBackgroundLoad(context, stack, { devices: reporting, eventsPerSecond });
    const api = await stack.startApi({ READ_REQUESTS_PER_SECOND: '100000' });
    const viewers = await openViewers(`http://127.0.0.1:${api.port}/v1/stream`, count);
    const bare = await startBareExpress('bare-event-stream');
    context.atEnd(() => bare.stop());
    const bareUrl = `http://127.0.0.1:${bare.port}/`;
    const bareViewers = await openViewers(bareUrl, count);

    const ours: number[] = [];
    const limit: number[] = [];
    await report(api, 'probe-first.');
    await untilCommitted(connection, 'probe-first.');
    for (let n = 0; n < probes; n += 1) {
      ours.push(...(await probe(api, connection, { viewers, firmware: `probe-${n}.` })));
      const seen = bareViewers.untilAllSee(`bare-${n}.`, SEEN_WITHIN_MS);
      const sentAt = performance.now();
      await fetch(bareUrl, { method: 'POST', body: JSON.stringify({ items: [{ to: `bare-${n}.` }] }) });
      limit.push(...(await seen).map((at) => at - sentAt));
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
    viewers.stop();
    bareViewers.stop();
    await background.stop();
    await stack.stop(api);
    const [seen, bareSeen] = [summarise(ours), summarise(limit)];
    context.say(
      `${probes} changes, each seen by ${count} viewers: ${latencyText(seen)}; bare ${latencyText(bareSeen)}`,
    );
    return (['p50', 'p95', 'p99'] as const).map((percentile) =>
      ratioFigure(`stream-viewers.${percentile}`, 'ms', 'bare-event-stream', [
        { ours: seen[percentile], limit: bareSeen[percentile] },
      ]),
    );
  },
};

const PROBE = 'STREAM-PROBE';

/** A device changes its firmware. @returns ms from its commit, as another connection sees it, to each viewer */
async function probe(
  api: IngestProcess,
  connection: SingleConnection,
  { viewers, firmware }: { viewers: StreamViewers; firmware: string },
): Promise<number[]> {
  const seen = viewers.untilAllSee(`"${firmware}"`, SEEN_WITHIN_MS);
  // It may fail while the commit is waited for, and is told then.
  seen.catch(() => undefined);
  await report(api, firmware);
  const committedAt = await untilCommitted(connection, firmware);
  // A viewer may be told before the look that finds the commit.
  return (await seen).map((at) => Math.max(0, at - committedAt));
}

async function report(api: IngestProcess, firmware: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${api.port}/cpe/heartbeat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${api.token}` },
    body: JSON.stringify({ sn: PROBE, sw_version: firmware, interval_seconds: 60 }),
  });
  if (answer.status !== 202) throw new WrongResult(`the probe was answered ${answer.status}`);
}

/** The moment at which an answer first showed it: at most one look, about a millisecond, after the commit. */
async function untilCommitted(connection: SingleConnection, firmware: string): Promise<number> {
  const giveUpAt = performance.now() + SEEN_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const [rows] = await connection.query(
      `SELECT 1 FROM devices AS d JOIN device_state AS s ON s.device_id = d.device_id
        WHERE d.serial_number = ? AND s.sw_version = ?`,
      [PROBE, firmware],
    );
    if ((rows as unknown[]).length > 0) return performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new WrongResult(`${firmware} was not applied`);
}
