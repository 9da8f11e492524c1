import { ATTRIBUTE_NAMES } from '@cpemon/domain';
import { COMBINATIONS, WAN_FACTS, type ModelFile, type SenderMatch } from './model-file.js';
import { readParameterPath } from './parameter-path.js';
import { isSecretParameter } from './secret-parameters.js';
import { UNITS, type Unit } from './units.js';

/** A file of mappings that cannot be used, with everything that is wrong with it. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';

  constructor(
    readonly file: string,
    readonly problems: readonly string[],
  ) {
    super(`device model ${file}: ${problems.join('; ')}`);
  }
}

const FILE_FIELDS = ['name', 'match', 'rules', 'known', 'ask'];
const MATCH_FIELDS = ['manufacturers', 'productClasses', 'ouis'];
const METRIC_NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const PATH = /^(?:Device|InternetGatewayDevice)?(?:\.[A-Za-z0-9_-]+|\.\{i\})+$/;
const CONCRETE_PATH = /^(?:Device|InternetGatewayDevice)(?:\.[A-Za-z0-9_-]+)+$/;

/** The line on which an object or list of a file begins, from 1; undefined where that is not known. */
export type LineOf = (node: object) => number | undefined;

/**
 * Checks a file as a whole: what a person wrote is either right or named with all its mistakes.
 * @param file parsed JSON or YAML
 * @throws ModelFileError
 */
export function checkModelFile(file: unknown, lineOf: LineOf = () => undefined): ModelFile {
  const problems: string[] = [];
  const at = (node: unknown, what: string): string => {
    const line = typeof node === 'object' && node !== null ? lineOf(node) : undefined;
    return line === undefined ? what : `line ${line}: ${what}`;
  };
  if (!isObject(file)) throw new ModelFileError('?', ['is no object']);
  const name = typeof file['name'] === 'string' && file['name'] !== '' ? file['name'] : undefined;
  if (name === undefined) problems.push('"name" is missing');
  checkFields(file, FILE_FIELDS, 'the file', problems);
  if (file['match'] !== undefined) checkMatch(file['match'], problems);
  if (!Array.isArray(file['rules'])) problems.push('"rules" is no list');
  else file['rules'].forEach((rule, index) => checkRule(rule, at(rule, `rule ${index + 1}`), problems));
  checkPaths(file['known'], at(file['known'], '"known"'), PATH, problems);
  checkPaths(file['ask'], at(file['ask'], '"ask"'), CONCRETE_PATH, problems);
  if (problems.length > 0) throw new ModelFileError(name ?? '?', problems);
  return file as unknown as ModelFile;
}

function checkMatch(match: unknown, problems: string[]): void {
  if (!isObject(match)) return void problems.push('"match" is no object');
  checkFields(match, MATCH_FIELDS, '"match"', problems);
  const lists = MATCH_FIELDS.filter((field) => match[field] !== undefined) as (keyof SenderMatch)[];
  if (lists.length === 0) problems.push('"match" names nobody; leave it out to mean everybody');
  for (const field of lists) {
    const list = match[field];
    const right = Array.isArray(list) && list.length > 0 && list.every((text) => isText(text));
    if (!right) problems.push(`"match.${field}" is no list of texts`);
  }
}

function checkRule(rule: unknown, where: string, problems: string[]): void {
  if (!isObject(rule)) return void problems.push(`${where} is no object`);
  const { path } = rule;
  if (!isText(path) || !PATH.test(path)) return void problems.push(`${where}: "path" is no parameter's path`);
  where = `${where} (${path})`;
  if (isSecretParameter(path)) problems.push(`${where}: its name is a secret's`);
  const targets = ['metric', 'attribute', 'interval', 'memory', 'wan'].filter((field) => field in rule);
  if (targets.length !== 1) {
    return void problems.push(`${where}: has not exactly one of metric, attribute, interval, memory, wan`);
  }
  switch (targets[0]) {
    case 'metric':
      return checkMetric(rule, where, problems);
    case 'attribute':
      checkFields(rule, ['path', 'attribute'], where, problems);
      checkChoice(rule['attribute'], ATTRIBUTE_NAMES, `${where}: "attribute"`, problems);
      return;
    case 'interval':
      checkFields(rule, ['path', 'interval'], where, problems);
      checkChoice(rule['interval'], ['s'], `${where}: "interval"`, problems);
      return;
    case 'memory':
      checkFields(rule, ['path', 'memory', 'unit'], where, problems);
      checkChoice(rule['memory'], ['total', 'free'], `${where}: "memory"`, problems);
      checkUnit(rule['unit'], '_bytes', where, problems);
      return;
    case 'wan':
      return checkWan(rule, path, where, problems);
  }
}

function checkMetric(rule: Record<string, unknown>, where: string, problems: string[]): void {
  checkFields(rule, ['path', 'metric', 'unit', 'noReading', 'of'], where, problems);
  const { metric, unit, noReading, of } = rule;
  if (!isText(metric) || !METRIC_NAME.test(metric)) problems.push(`${where}: "metric" is no name`);
  else checkUnit(unit, metric, where, problems);
  if (of !== undefined) checkChoice(of, COMBINATIONS, `${where}: "of"`, problems);
  const numbers = noReading === undefined || (Array.isArray(noReading) && noReading.every(Number.isFinite));
  if (!numbers) problems.push(`${where}: "noReading" is no list of numbers`);
}

function checkWan(rule: Record<string, unknown>, path: string, where: string, problems: string[]): void {
  checkFields(rule, ['path', 'wan', 'connection'], where, problems);
  checkChoice(rule['wan'], WAN_FACTS, `${where}: "wan"`, problems);
  const { connection } = rule;
  const begins = typeof connection === 'string' && (connection === '' || path.startsWith(`${connection}.`));
  if (!begins) problems.push(`${where}: "connection" is not the beginning of "path"`);
}

function checkUnit(unit: unknown, metric: string, where: string, problems: string[]): void {
  if (typeof unit !== 'string' || !Object.hasOwn(UNITS, unit)) {
    problems.push(`${where}: "unit" is none of ${Object.keys(UNITS).join(', ')}`);
    return;
  }
  const { ending }: Unit = UNITS[unit as keyof typeof UNITS];
  if (!ending.test(metric)) problems.push(`${where}: "${metric}" does not end in the unit of "${unit}"`);
}

function checkPaths(paths: unknown, where: string, form: RegExp, problems: string[]): void {
  if (paths === undefined) return;
  if (!Array.isArray(paths)) return void problems.push(`${where} is no list`);
  for (const path of paths) {
    if (!isText(path) || !form.test(path)) problems.push(`${where}: ${String(path)} is no path`);
    else if (isSecretParameter(path)) problems.push(`${where}: the name of ${path} is a secret's`);
  }
  const patterns = new Set(paths.map((path) => readParameterPath(String(path)).pattern));
  if (form === PATH && patterns.size < paths.length) problems.push(`${where} names a path twice`);
}

function checkFields(
  object: Record<string, unknown>,
  allowed: readonly string[],
  where: string,
  problems: string[],
): void {
  for (const field of Object.keys(object)) {
    if (!allowed.includes(field)) problems.push(`${where}: "${field}" means nothing here`);
  }
}

function checkChoice(value: unknown, choices: readonly string[], where: string, problems: string[]): void {
  if (!choices.includes(value as string)) problems.push(`${where} is none of ${choices.join(', ')}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
