import { InvalidArgumentError, type Command } from 'commander';
import type { OperatorApi } from './operator-api.js';
import { wholeNumber } from './start-options.js';

/** What the verbs of operators are given. */
export interface OperatorTools {
  /** @throws Error when it is not known where the API is */
  api: () => OperatorApi;
  /** Prints JSON where that was asked for, else what `text` makes of the answer. */
  answer: <T>(value: T, text: (value: T) => string) => void;
  /** Epoch ms. */
  now: () => number;
}

const MOST_SHOWN = 100_000;

export const withGroup = (command: Command): Command =>
  command.option('--group <name>', 'consumer group; state when left out');

export const withLimit = (command: Command): Command =>
  command.option('--limit <n>', 'how many are shown', wholeNumber(1, MOST_SHOWN), 50);

export const withReason = (command: Command): Command =>
  command.requiredOption('--reason <text>', 'why, for whoever reads the audit');

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** For commander: a time by RFC 3339, or how long ago it was (90s, 15m, 2h, 7d). @returns RFC 3339 in UTC */
export function timeOption(now: () => number): (text: string) => string {
  return (text) => {
    const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
    if (count !== undefined) return new Date(now() - Number(count) * (UNIT_MS[unit] ?? 0)).toISOString();
    const at = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : NaN;
    if (!Number.isNaN(at)) return new Date(at).toISOString();
    throw new InvalidArgumentError(
      'It must be a time as 2026-11-21T12:00:00Z, or how long ago: 90s, 15m, 2h, 7d.',
    );
  };
}
