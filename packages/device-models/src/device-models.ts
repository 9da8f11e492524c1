import { checkModelFile } from './check-model-file.js';
import type { ModelFile, ModelRule, SenderMatch } from './model-file.js';
import { countInstances, readParameterPath } from './parameter-path.js';
import { isSecretPattern } from './secret-parameters.js';
import { stationOf, type Station } from './stations.js';

/** Who sent the parameters: vendors disagree about paths and units. */
export interface ParameterSender {
  manufacturer: string;
  oui: string;
  productClass: string;
}

/** A rule ready for use. */
export interface CompiledRule {
  rule: ModelRule;
  /** Name of the file that it is of. */
  file: string;
  /** Where two rules fill the same metric, the higher rank does: rules for some devices, then later files. */
  rank: number;
  match?: SenderMatch;
  /** Of a fact about a WAN connection: how many instances name the connection. */
  connection?: { pattern: string; instances: number };
}

/** What is known of a path, whoever sent it. */
export interface PathMeaning {
  pattern: string;
  instances: readonly number[];
  /** Best first; which of them applies depends on the sender. */
  rules: readonly CompiledRule[];
  secret: boolean;
  /** A customer's own device, of which only counts are kept. */
  station?: Station;
  /** Whether its value may be kept although no rule reads it. */
  known: boolean;
}

export interface DeviceModels {
  meaningOf(path: string): PathMeaning;
  /** Parameters worth asking a device for, by the files that match it. */
  askedOf(sender: ParameterSender): string[];
}

/**
 * Paths whose meaning is remembered: a fleet of a hundred models sends some ten thousand different ones. When it is full
 * it is emptied, so a sender of invented names costs time and no memory.
 */
const REMEMBERED_PATHS = 20_000;
const LONGEST_REMEMBERED = 256;

/**
 * Compiles files of mappings into one lookup.
 * @param files parsed JSON; a later file outranks an earlier one, and one for some devices outranks those for all
 * @throws ModelFileError when a file is not right
 */
export function createDeviceModels(files: readonly unknown[]): DeviceModels {
  const checked = files.map((file) => checkModelFile(file));
  const rules = compileRules(checked);
  const known = new Set(checked.flatMap((file) => file.known ?? []).map((path) => patternOf(path)));
  const remembered = new Map<string, PathMeaning>();

  function readMeaning(path: string): PathMeaning {
    const { pattern, instances } = readParameterPath(path);
    const found = rules.get(pattern) ?? [];
    const station = stationOf(pattern, instances);
    return {
      pattern,
      instances,
      rules: found,
      secret: found.length === 0 && isSecretPattern(pattern),
      known: found.length > 0 || known.has(pattern),
      ...(station === undefined ? {} : { station }),
    };
  }

  return {
    meaningOf(path) {
      const meaning = remembered.get(path);
      if (meaning !== undefined) return meaning;
      const read = readMeaning(path);
      if (path.length <= LONGEST_REMEMBERED) {
        if (remembered.size >= REMEMBERED_PATHS) remembered.clear();
        remembered.set(ownCopy(path), read);
      }
      return read;
    },
    askedOf(sender) {
      const asked = checked.filter(({ match }) => match === undefined || matchesSender(match, sender));
      return [...new Set(asked.flatMap((file) => file.ask ?? []))];
    },
  };
}

/** A text cut out of a body keeps the whole body in memory; this one does not. */
const ownCopy = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');

const patternOf = (path: string): string => readParameterPath(path).pattern;

function compileRules(files: readonly ModelFile[]): Map<string, CompiledRule[]> {
  const compiled = new Map<string, CompiledRule[]>();
  files.forEach((file, index) => {
    const rank = index + (file.match === undefined ? 0 : files.length);
    for (const rule of file.rules) {
      const pattern = patternOf(rule.path);
      const entry: CompiledRule = { rule, file: file.name, rank };
      if (file.match !== undefined) entry.match = lowerCase(file.match);
      if ('connection' in rule) {
        const connection = patternOf(rule.connection);
        entry.connection = { pattern: connection, instances: countInstances(connection) };
      }
      compiled.set(pattern, [...(compiled.get(pattern) ?? []), entry]);
    }
  });
  for (const list of compiled.values()) list.sort((a, b) => b.rank - a.rank);
  return compiled;
}

function lowerCase(match: SenderMatch): SenderMatch {
  return Object.fromEntries(
    Object.entries(match).map(([field, texts]: [string, string[]]) => [
      field,
      texts.map((text) => text.toLowerCase()),
    ]),
  );
}

/** The rule that reads the values of a path for a sender. */
export function ruleFor({ rules }: PathMeaning, sender: ParameterSender): CompiledRule | undefined {
  for (const compiled of rules) {
    if (compiled.match === undefined || matchesSender(compiled.match, sender)) return compiled;
  }
  return undefined;
}

/** Whether a sender is one that `match` means. */
export function matchesSender(match: SenderMatch, sender: ParameterSender): boolean {
  return (
    beginsWithOne(sender.manufacturer, match.manufacturers) &&
    beginsWithOne(sender.productClass, match.productClasses) &&
    beginsWithOne(sender.oui, match.ouis)
  );
}

function beginsWithOne(text: string, beginnings: readonly string[] | undefined): boolean {
  if (beginnings === undefined) return true;
  const lower = text.trim().toLowerCase();
  return beginnings.some((beginning) => lower.startsWith(beginning.toLowerCase()));
}
