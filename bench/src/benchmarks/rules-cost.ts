import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WrongResult, type BenchContext, type Benchmark } from '../benchmark.js';
import { thirtyRules } from '../health/thirty-rules.js';
import { FLEET_DEVICES } from '../load/fleet-load.js';
import { alternate, ratioFigure } from '../report/alternating-runs.js';
import { checkApplied } from '../stack/apply-and-check.js';
import { createExpectedState } from '../stack/expected-state.js';
import { startPrivateStack } from '../stack/private-stack.js';
import { registerFleet } from '../stack/register-fleet.js';
import { writerCpuPerMillion } from '../stack/writer-cpu.js';

const SIZES = {
  quick: { pairs: 1, events: 100_000 },
  short: { pairs: 3, events: 500_000 },
  full: { pairs: 5, events: 2_000_000 },
};

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
      const environment = { HEALTH_RULES_FILE: file };
      const perMillion = await writerCpuPerMillion({ stack, api, connection, expected, events, environment });
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
