import {
  ALERT_SEVERITIES,
  DEFAULT_ALERT_SETTINGS,
  type AlertSettings,
  type AlertSeverity,
  type DeviceAlertRule,
  type ReceiverSettings,
  type SecretPlace,
} from './alert-settings.js';
import { DEFAULT_GROUP_SETTINGS, type GroupSettings } from './group-alarms.js';
import { readMatchers } from './matchers.js';

/** A file of settings that cannot be used, with everything that is wrong with it. */
export class AlertSettingsError extends Error {
  override readonly name = 'AlertSettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`alert settings: ${problems.join('; ')}`);
  }
}

export const MOST_ALERT_RULES = 100;
export const MOST_RECEIVERS = 20;
export const MOST_ALERTMANAGERS = 10;
const MOST_GROUP_LABELS = 20;
const LARGEST_BUDGET = 10_000;
/** Rules of alarms that are not of one device. */
const OWN_RULES: readonly string[] = ['group', 'source', 'firmware'];
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const LABEL = /^[a-z][a-z0-9_]{0,31}$/;
const VARIABLE = /^[A-Z][A-Z0-9_]{0,63}$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const LONGEST_MS = 7 * 86_400_000;

type Fields = Record<string, unknown>;

/**
 * Reads settings as a person writes them (docs/alerts.md). What is left out is as by default.
 * @param written parsed YAML or JSON; nothing at all: the defaults
 * @throws AlertSettingsError
 */
export function readAlertSettings(written: unknown): AlertSettings {
  const problems: string[] = [];
  const fields = object(
    written ?? {},
    'the file',
    ['rules', 'groups', 'budget_per_hour', 'receivers'],
    problems,
  );
  const { rules, groups, budget_per_hour: budget, receivers } = fields;
  const settings: AlertSettings = {
    rules:
      rules === undefined
        ? DEFAULT_ALERT_SETTINGS.rules
        : list(rules, 'rules', MOST_ALERT_RULES, problems).map((rule, n) => readRule(rule, n, problems)),
    groups: groups === undefined ? DEFAULT_GROUP_SETTINGS : readGroups(groups, problems),
    budget:
      budget === undefined
        ? DEFAULT_ALERT_SETTINGS.budget
        : {
            perHour: number(
              budget,
              'budget_per_hour',
              { from: 1, to: LARGEST_BUDGET, whole: true },
              problems,
            ),
          },
    receivers: list(receivers ?? [], 'receivers', MOST_RECEIVERS, problems).map((receiver, n) =>
      readReceiver(receiver, n, problems),
    ),
  };
  oncePerName(settings.rules, 'rules', problems);
  oncePerName(settings.receivers, 'receivers', problems);
  if (problems.length > 0) throw new AlertSettingsError(problems);
  return settings;
}

const RULE_FIELDS = ['name', 'on', 'match', 'conditions', 'severities', 'severity', 'for', 'recovery'];

function readRule(written: unknown, index: number, problems: string[]): DeviceAlertRule {
  const where = `rules[${index}]`;
  const fields = object(written, where, RULE_FIELDS, problems);
  const on = oneOf(fields['on'], `${where}.on`, ['offline', 'condition'] as const, problems);
  const ofOther = on === 'offline' ? ['conditions', 'severities'] : ['severity'];
  for (const name of ofOther)
    if (fields[name] !== undefined) problems.push(`${where}.${name} does not go with on: ${on}`);
  if (OWN_RULES.includes(fields['name'] as string))
    problems.push(`${where}.name: ${OWN_RULES.join(', ')} are names of CPEmon's own rules`);
  const { conditions = [], severities = ['critical'], severity = 'critical' } = fields;
  return {
    name: text(fields['name'], `${where}.name`, NAME, problems),
    on,
    match: readMatchers(fields['match'], `${where}.match`, problems),
    conditions: list(conditions, `${where}.conditions`, MOST_ALERT_RULES, problems).map(String),
    severities: list(severities, `${where}.severities`, ALERT_SEVERITIES.length, problems).map((one) =>
      oneOf(one, `${where}.severities`, ALERT_SEVERITIES, problems),
    ),
    severity: oneOf<AlertSeverity>(severity, `${where}.severity`, ALERT_SEVERITIES, problems),
    forMs:
      fields['for'] === undefined
        ? on === 'offline'
          ? 600_000
          : 0
        : span(fields['for'], `${where}.for`, problems),
    recoveryMs:
      fields['recovery'] === undefined ? 120_000 : span(fields['recovery'], `${where}.recovery`, problems),
  };
}

function readGroups(written: unknown, problems: string[]): GroupSettings {
  const known = ['labels', 'share', 'members', 'explains', 'hold', 'clear_share', 'clear'];
  const fields = object(written, 'groups', known, problems);
  const defaults = DEFAULT_GROUP_SETTINGS;
  const ratio = (name: string, usual: number): number =>
    fields[name] === undefined
      ? usual
      : number(fields[name], `groups.${name}`, { from: 0.01, to: 1 }, problems);
  const { labels, members } = fields;
  const settings: GroupSettings = {
    labels:
      labels === undefined
        ? defaults.labels
        : list(labels, 'groups.labels', MOST_GROUP_LABELS, problems).map((label) =>
            text(label, 'groups.labels', LABEL, problems),
          ),
    share: ratio('share', defaults.share),
    explains: ratio('explains', defaults.explains),
    clearShare: ratio('clear_share', defaults.clearShare),
    members:
      members === undefined
        ? defaults.members
        : number(members, 'groups.members', { from: 2, to: 1_000_000, whole: true }, problems),
    holdMs: fields['hold'] === undefined ? defaults.holdMs : span(fields['hold'], 'groups.hold', problems),
    clearMs:
      fields['clear'] === undefined ? defaults.clearMs : span(fields['clear'], 'groups.clear', problems),
  };
  if (settings.clearShare >= settings.share) problems.push('groups.clear_share must be below groups.share');
  return settings;
}

function readReceiver(written: unknown, index: number, problems: string[]): ReceiverSettings {
  const where = `receivers[${index}]`;
  const type = oneOf(
    (written as Fields | null)?.['type'],
    `${where}.type`,
    ['webhook', 'alertmanager'] as const,
    problems,
  );
  const own = type === 'webhook' ? ['url', 'secret_file', 'secret_env'] : ['urls'];
  const fields = object(written, where, ['name', 'type', 'match', ...own], problems);
  const name = text(fields['name'], `${where}.name`, NAME, problems);
  const match = readMatchers(fields['match'], `${where}.match`, problems);
  if (type === 'webhook') {
    const url = address(fields['url'], `${where}.url`, problems);
    return { name, match, type, url, secret: readSecretPlace(fields, where, problems) };
  }
  const urls = list(fields['urls'], `${where}.urls`, MOST_ALERTMANAGERS, problems).map((url) =>
    address(url, `${where}.urls`, problems),
  );
  if (urls.length === 0) problems.push(`${where}.urls names no replica`);
  return { name, match, type, urls };
}

function readSecretPlace(fields: Fields, where: string, problems: string[]): SecretPlace | null {
  const { secret_file: file, secret_env: variable } = fields;
  if (file !== undefined && variable !== undefined)
    problems.push(`${where} has secret_file and secret_env: one of them`);
  if (file !== undefined) return { file: text(file, `${where}.secret_file`, /^.{1,1024}$/, problems) };
  if (variable === undefined) return null;
  return { environment: text(variable, `${where}.secret_env`, VARIABLE, problems) };
}

function object(value: unknown, where: string, known: readonly string[], problems: string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(`${where} must be an object`);
    return {};
  }
  for (const name of Object.keys(value))
    if (!known.includes(name)) problems.push(`${where} has no field ${name.slice(0, 40)}`);
  return value as Fields;
}

function list(value: unknown, where: string, most: number, problems: string[]): unknown[] {
  if (!Array.isArray(value)) {
    problems.push(`${where} must be a list`);
    return [];
  }
  if (value.length > most) problems.push(`${where} has more than ${most} entries`);
  return value.slice(0, most);
}

function text(value: unknown, where: string, pattern: RegExp, problems: string[]): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  problems.push(`${where} must be a text as ${pattern.source}`);
  return '';
}

function oneOf<T extends string>(value: unknown, where: string, known: readonly T[], problems: string[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) problems.push(`${where} must be one of ${known.join(', ')}`);
  return found ?? known[0]!;
}

function number(
  value: unknown,
  where: string,
  { from, to, whole = false }: { from: number; to: number; whole?: boolean },
  problems: string[],
): number {
  const right =
    typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
  if (!right) problems.push(`${where} must be a${whole ? ' whole' : ''} number from ${from} to ${to}`);
  return right ? value : from;
}

/** "90s", "10m", "2h", "1d". */
function span(value: unknown, where: string, problems: string[]): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(typeof value === 'string' ? value : '') ?? [];
  const ms = Number(count ?? 0) * (UNIT_MS[unit] ?? 0);
  if (ms < 1000 || ms > LONGEST_MS) problems.push(`${where} must be a time as 90s, 10m or 2h, up to 7d`);
  return ms;
}

function address(value: unknown, where: string, problems: string[]): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    problems.push(`${where} must be an address of http or https without a password`);
    return '';
  }
  return url.href;
}

function oncePerName(all: readonly { name: string }[], where: string, problems: string[]): void {
  const seen = new Set<string>();
  for (const { name } of all) {
    if (name !== '' && seen.has(name)) problems.push(`${where}: two are called ${name}`);
    seen.add(name);
  }
}
