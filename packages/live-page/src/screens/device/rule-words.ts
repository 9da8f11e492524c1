import type { JudgedRule } from '../../charts/chart-view.js';
import { metricLabel, readingText } from '../../charts/readings.js';
import { formatDuration } from '../../words/format.js';

/** What a rule looks for, in words: "Optical power received below −25 dBm, for 30 min and 3 reports". @param unit of the metric */
export function ruleWords(
  { metric, compare, above, below, for_seconds, reports }: JudgedRule,
  unit: string,
): string {
  const bounds = [
    below === null ? null : `below ${readingText(metric, below, unit)}`,
    above === null ? null : `above ${readingText(metric, above, unit)}`,
  ].filter((part) => part !== null);
  const against = COMPARED[compare] ?? '';
  const what =
    bounds.length === 0
      ? against
      : [bounds.join(' or '), against && `(${against})`].filter(Boolean).join(' ');
  const often = reports > 1 ? ` and ${reports} reports` : '';
  return `${metricLabel(metric)} ${what}, for ${formatDuration(for_seconds)}${often}`.replace('  ', ' ');
}

const COMPARED: Readonly<Record<string, string>> = {
  own_median: 'against its own median',
  own_median_percent: 'against its own median',
  per_hour: 'by its growth an hour',
  falls_per_hour: 'by how often it begins anew in an hour',
  other_firmware: 'against the model’s other firmware',
};

export const STATE_WORDS: Readonly<Record<string, string>> = {
  open: 'holds',
  met: 'is met, not for long enough yet',
  clear: 'is not met',
  no_reading: 'no reading',
  not_known: 'what is usual is not known yet',
};
