import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { thirtyRules } from '../health/thirty-rules.js';
import { FLEET_DEVICES, shuffledFleet } from '../load/fleet-load.js';
import { queueEvents } from '../load/queue-events.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { readLogBooks } from '../stack/log-books.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { cpuSecondsOf } from '../stack/process-cpu.js';
import { registerFleet } from '../stack/register-fleet.js';
import { settle } from '../stack/settle.js';
import { watchDrain } from '../stack/watch-drain.js';

const SIZES = {
  quick: { pairs: 1, events: 100_000 },
  short: { pairs: 3, events: 500_000 },
  full: { pairs: 5, events: 2_000_000 },
};
/** The clock starts when so much is applied: devices are in memory, and the code is compiled. */
const WARM_SHARE = 0.2;
const MILLION = 1e6;

/** CPU of one writer that applies queued events of 100,000 known devices, with 30 health rules and with none. */
export const rulesCost: Benchmark = {
  name: 'rules-cost',
  about: 'CPU seconds of a writer per million events with 30 health rules, against none',
  async run(context: BenchContext) {
    const { pairs, events } = SIZES[context.form];
    const rulesFile = join(context.directory, 'thirty-rules.json');
    writeFileSync(rulesFile, JSON.stringify(thirtyRules()));
    const stack = await startPrivateStack(context);
    const connection = await stack.connect();
    const expected = createExpectedState(FLEET_DEVICES);
    const api = await stack.startApi();
    const firstWriter = await stack.spawnWriter({ HEALTH_RULES_FILE: rulesFile });
    await registerFleet(stack, api, expected);
    await stack.stop(firstWriter);

    const cpuPerMillion = async (file: string): Promise<number> => {
      const fleet = shuffledFleet();
      await queueEvents(api, fleet, events);
      expected.add(fleet, events);
      await settle(connection);
      const { applied: before } = await readLogBooks(connection);
      const writer = await stack.spawnWriter({ HEALTH_RULES_FILE: file });
      await watchDrain(connection, before, Math.floor(events * WARM_SHARE));
      const cpuBefore = cpuSecondsOf(writer.pid);
      const { applied: warm } = await readLogBooks(connection);
      const left = before + events - warm;
      if (left > 0) await watchDrain(connection, warm, left);
      const seconds = cpuSecondsOf(writer.pid) - cpuBefore;
      await stack.stop(writer);
      if (left < events / 4) throw new WrongResult(`${left} events are too few to measure by`);
      const perMillion = (seconds / left) * MILLION;
      context.say(
        `${file === 'none' ? 'without rules' : '30 rules'}: ${perMillion.toFixed(2)} s a million events`,
      );
      return perMillion;
    };
    const runs = await alternate(
      pairs,
      () => cpuPerMillion(rulesFile),
      () => cpuPerMillion('none'),
    );
    await stack.stop(api);
    await checkApplied(stack, expected);
    const [rows] = await connection.query(
      "SELECT COUNT(*) AS judged FROM device_state WHERE health <> 'unknown'",
    );
    const judged = Number((rows as { judged: number }[])[0]?.judged);
    if (judged !== FLEET_DEVICES) throw new WrongResult(`${judged} of ${FLEET_DEVICES} devices are judged`);
    context.say(`checked: all ${expected.total()} events are applied once, and every device is judged`);
    return [ratioFigure('rules-cost', 'CPU-s/M-events', 'no-rules', runs)];
  },
};
