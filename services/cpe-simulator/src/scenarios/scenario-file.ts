import { FileError, lineOf, readJsonFile } from '../json-file.js';
import { unknownName } from '../nearest-name.js';
import { CLOCKS } from '../fleet.js';
import { PATHS } from '../report-ways.js';
import { STRAY_KINDS } from '../strays.js';
import { ACTIONS, type ActionName } from './actions.js';
import { LINE_EVIDENCE } from './outage-actions.js';
import { asRecord, fail, ScenarioError } from './scenario-error.js';
import { readScenarioTruth, type ScenarioTruth } from './scenario-truth.js';
import { ACCESSES, GROUPS, SELECTION_NAMES, type Selection } from './selection.js';

/** Something that happens, and what an operator should see of it. */
export interface Scenario {
  name: string;
  summary: string;
  expect: string;
  steps: readonly ScenarioStep[];
  /** What it really is, for whoever compares a monitor's alarms with it. */
  truth?: ScenarioTruth;
}

export interface ScenarioStep {
  /** Seconds from the start of the scenario to the beginning, and to the end, of the action; no end: with the scenario. */
  at: number;
  until?: number;
  action: ActionName;
  select: Selection;
  parameters: Readonly<Record<string, unknown>>;
}

const STEP_NAMES = ['at', 'until', 'action', 'select'];
const MOST_STEPS = 200;
const LONGEST_SECONDS = 31 * 86_400;

/** @throws FileError with line and reason */
export function loadScenario(file: string): Scenario {
  const content = readJsonFile(file);
  try {
    return readScenario(content);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const wrong = /'([^']*)'/.exec(error.message)?.[1] ?? '';
    const line = wrong === '' ? undefined : lineOf(file, `"${wrong}"`);
    throw new FileError(`${file}${line === undefined ? '' : `, line ${line}`}: ${error.message}`, {
      cause: error,
    });
  }
}

/** @throws ScenarioError */
export function readScenario(content: unknown): Scenario {
  const { name, summary = '', expect = '', steps, truth } = asRecord(content, 'the scenario');
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name)) fail("'name' must be a word");
  if (!Array.isArray(steps) || steps.length === 0 || steps.length > MOST_STEPS)
    fail(`'steps' must be a list of 1 to ${MOST_STEPS}`);
  return {
    name: name,
    summary: String(summary),
    expect: String(expect),
    steps: (steps as unknown[]).map(readStep),
    ...(truth === undefined ? {} : { truth: readScenarioTruth(truth, steps.length) }),
  };
}

function readStep(content: unknown, index: number): ScenarioStep {
  const where = `steps[${index}]`;
  const { at = 0, until, action, select = {}, ...given } = asRecord(content, where);
  if (typeof action !== 'string' || !Object.hasOwn(ACTIONS, action))
    fail(`${where}: ${unknownName('action', String(action), Object.keys(ACTIONS))}`);
  const { usual } = ACTIONS[action as ActionName];
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(usual, name))
      fail(
        `${where}: ${unknownName(`parameter of ${action}`, name, [...Object.keys(usual), ...STEP_NAMES])}`,
      );
    checkValue(`${where}: '${name}'`, name, value, (usual as Record<string, unknown>)[name]);
  }
  return {
    at: seconds(at, `${where}: 'at'`),
    ...(until === undefined ? {} : { until: seconds(until, `${where}: 'until'`) }),
    action: action as ActionName,
    select: readSelection(select, where),
    parameters: { ...usual, ...given },
  };
}

/** Words that a text or a list of texts may hold, by parameter. */
const WORDS: Record<string, readonly string[]> = {
  ...{ paths: PATHS, is: CLOCKS, kind: STRAY_KINDS, evidence: LINE_EVIDENCE },
};

function checkValue(where: string, name: string, value: unknown, usual: unknown): void {
  const words = WORDS[name];
  if (words !== undefined) {
    for (const word of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (!words.includes(String(word)))
        fail(`${where}: ${unknownName('word known here', String(word), words)}`);
    }
  }
  if (isRange(usual)) {
    if (!isRange(value)) fail(`${where} must be two numbers, [from, to]`);
  } else if (Array.isArray(usual) !== Array.isArray(value) || typeof value !== typeof usual) {
    fail(`${where} must be like ${JSON.stringify(usual)}`);
  } else if (typeof value === 'number' && !(value >= 0 && value <= 1e6)) {
    fail(`${where} must be 0 to 1,000,000`);
  }
}

const isRange = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'number' && one >= 0);

function readSelection(content: unknown, where: string): Selection {
  const selection = asRecord(content, `${where}: 'select'`);
  for (const [name, value] of Object.entries(selection)) {
    if (!(SELECTION_NAMES as readonly string[]).includes(name))
      fail(`${where}: ${unknownName('selection', name, SELECTION_NAMES)}`);
    const words = { group: GROUPS, access: ACCESSES, path: PATHS }[name] as readonly string[] | undefined;
    if (words !== undefined && !words.includes(String(value)))
      fail(`${where}: ${unknownName(name, String(value), words)}`);
    if (name === 'share' && !(typeof value === 'number' && value >= 0 && value <= 1))
      fail(`${where}: 'share' must be 0 to 1`);
    if (name === 'count' && !(Number.isInteger(value) && (value as number) > 0))
      fail(`${where}: 'count' must be a whole number above 0`);
  }
  return selection;
}

function seconds(value: unknown, where: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= LONGEST_SECONDS))
    fail(`${where} must be seconds`);
  return value;
}
