import type { HealthRule } from './health-rule.js';

/** What may stand in braces in the text of a rule. */
export const TEXT_PLACEHOLDERS = [
  'value',
  'measure',
  'usual',
  'threshold',
  'metric',
  'model',
  'firmware',
] as const;
export type TextPlaceholder = (typeof TEXT_PLACEHOLDERS)[number];

/** What a rule found on a device. */
export interface Finding {
  /** The reading. */
  value: number;
  /** What was compared with the bounds: the reading, a difference, a rate. */
  measure: number;
  /** What it was compared with; null for the reading itself. */
  usual: number | null;
  model: string | null;
  firmware: string | null;
}

const PLACEHOLDER = /\{([a-z_]*)\}/g;
const LONGEST_TEXT = 255;

/** Placeholders of a text that there are not. */
export function unknownPlaceholders(text: string): string[] {
  const known: readonly string[] = TEXT_PLACEHOLDERS;
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => !known.includes(name));
}

/** The sentence of a rule about one device. */
export function conditionText(rule: HealthRule, finding: Finding): string {
  const { metric, threshold, compare } = rule;
  const unitOfMeasure =
    compare === 'own_median_percent' ? ' %' : compare === 'falls_per_hour' ? '' : undefined;
  const ofMeasure = (value: number): string =>
    unitOfMeasure === undefined ? differenceText(metric, value) : `${rounded(value)}${unitOfMeasure}`;
  const values: Record<TextPlaceholder, string> = {
    value: readingText(metric, finding.value),
    measure: ofMeasure(finding.measure),
    usual: finding.usual === null ? 'not known' : readingText(metric, finding.usual),
    threshold: compare === 'value' ? readingText(metric, threshold) : ofMeasure(threshold),
    metric,
    model: finding.model ?? 'unknown model',
    firmware: finding.firmware ?? 'unknown firmware',
  };
  return rule.text
    .replace(PLACEHOLDER, (whole, name: string) =>
      Object.hasOwn(values, name) ? values[name as TextPlaceholder] : whole,
    )
    .slice(0, LONGEST_TEXT);
}

const UNITS: Record<string, string> = {
  dbm: ' dBm',
  dbmv: ' dBmV',
  db: ' dB',
  celsius: ' °C',
  seconds: ' s',
  bytes: ' bytes',
  volts: ' V',
  bps: ' bit/s',
};

/** A reading with its unit, as people write it: "-27.4 dBm", "97 %". */
function readingText(metric: string, value: number): string {
  const unit = metric.slice(metric.lastIndexOf('_') + 1);
  return unit === 'ratio' ? `${rounded(value * 100)} %` : `${rounded(value)}${UNITS[unit] ?? ''}`;
}

/** A difference of two levels of power is in decibels. */
function differenceText(metric: string, value: number): string {
  return /_dbmv?$/.test(metric) ? `${rounded(value)} dB` : readingText(metric, value);
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
