import { builtInScenario } from '../../../services/cpe-simulator/src/scenarios/built-in-scenarios.js';
import type { Incident } from '../../../services/cpe-simulator/src/scenarios/incident-log.js';
import type { Scenario } from '../../../services/cpe-simulator/src/scenarios/scenario-file.js';
import { findingsOf, type Findings } from './findings.js';
import { startOperation, type Operation, type OperationOptions } from './operation.js';

/** A built-in scenario whose first step ends after so many minutes. */
export function lasting(name: string, minutes: number): Scenario {
  const scenario = builtInScenario(name);
  const [first, ...others] = scenario.steps;
  return { ...scenario, steps: [{ ...first!, until: minutes * 60 }, ...others] };
}

export interface Played {
  operation: Operation;
  findings: Findings;
  incidents: Incident[];
}

/** Enough for everybody to be known, with what is usual of each source. */
export const WARM_UP_MINUTES = 20;

/** Plays a scenario to a fleet that has been well for a while, and tells what CPEmon says of it. */
export async function play(
  scenario: string | Scenario,
  minutes: number,
  options: OperationOptions & { warmUpMinutes?: number; stepSeconds?: number } = {},
): Promise<Played> {
  const { warmUpMinutes = WARM_UP_MINUTES, stepSeconds = 60 } = options;
  const operation = await startOperation(options);
  try {
    await operation.pass(warmUpMinutes, stepSeconds);
    operation.stage.player.start(typeof scenario === 'string' ? builtInScenario(scenario) : scenario);
    await operation.pass(minutes, stepSeconds);
    return { operation, findings: await findingsOf(operation), incidents: operation.stage.incidents.list() };
  } finally {
    await operation.stop();
  }
}
