import { FileError } from '../json-file.js';
import { unknownName } from '../nearest-name.js';
import scenarios from './scenarios.json';
import { loadScenario, readScenario, type Scenario } from './scenario-file.js';

/** The scenarios that come with the simulator. */
export const BUILT_IN_SCENARIOS: readonly Scenario[] = (scenarios as unknown[]).map(readScenario);

/**
 * A built-in scenario by its name, or one from a file.
 * @throws FileError that names the nearest
 */
export function findScenario(nameOrFile: string): Scenario {
  if (/[/\\]|\.json$/.test(nameOrFile)) return loadScenario(nameOrFile);
  return builtInScenario(nameOrFile);
}

/** @throws FileError that names the nearest */
export function builtInScenario(name: string): Scenario {
  const found = BUILT_IN_SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = BUILT_IN_SCENARIOS.map((scenario) => scenario.name);
  throw new FileError(`${unknownName('scenario', name, names)} (a file is named by its path)`);
}
