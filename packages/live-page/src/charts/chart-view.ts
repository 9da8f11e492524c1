import type { AlignedLines, DrawnPoint } from './align-lines.js';
import { alignLines, gapSeconds } from './align-lines.js';
import type { ChartPlan, PlannedLine } from './chart-plans.js';
import { drawnUnit, drawnText } from './readings.js';

/** What a chart shows, worked out from answers: everything but pixels. */

/** An answer of `GET /v1/devices/:id/history`. */
export interface HistoryAnswer {
  metric: string;
  unit: string;
  tier: string;
  points: readonly { t: string; min: number; mean: number; max: number; last: number; count: number }[];
}

/** A rule for a device, as `GET /v1/devices/:id/judgement` tells it. */
export interface JudgedRule {
  rule: string;
  metric: string;
  severity: 'warning' | 'critical';
  compare: string;
  above: number | null;
  below: number | null;
  for_seconds: number;
  reports: number;
  text: string;
  state: string;
  since: string | null;
}

/** A level that is drawn across a chart, in the drawn unit. */
export interface Level {
  value: number;
  kind: 'warning' | 'critical' | 'usual';
  /** What stands at it. */
  text: string;
}

export interface ChartView {
  unit: string;
  aligned: AlignedLines;
  labels: string[];
  levels: Level[];
  /** The newest value of each line, in words; null where there is none. */
  latest: (string | null)[];
  /** The chart in a sentence, for who cannot see it. */
  summary: string;
  isEmpty: boolean;
}

export interface ChartFacts {
  plan: ChartPlan;
  /** Of each line of the plan; null while it is on its way. */
  answers: readonly (HistoryAnswer | null)[];
  rules: readonly JudgedRule[];
  usual: Readonly<Record<string, { value: number; days: number }>>;
  intervalSeconds: number | null;
  partSeconds: number;
}

export function chartView(facts: ChartFacts): ChartView {
  const { plan, answers, intervalSeconds, partSeconds } = facts;
  const shown = plan.lines.map((line, index) => {
    const answer = answers[index] ?? null;
    const { unit, factor } = drawnUnit(line.metric, answer?.unit ?? '');
    return { line, unit, factor, points: answer === null ? [] : drawnPoints(answer, factor) };
  });
  const unit = shown.find((each) => each.unit !== '')?.unit ?? '';
  const latest = shown.map(({ points }) => {
    const last = points.at(-1);
    return last === undefined ? null : drawnText(last.mean, unit);
  });
  return {
    ...{ unit, latest, labels: plan.lines.map(({ label }) => label) },
    aligned: alignLines(
      shown.map(({ points }) => ({
        points,
        gapSeconds: gapSeconds(points, partSeconds, intervalSeconds),
      })),
    ),
    levels: plan.lines.flatMap((line) => levelsOf(line, unit, facts)),
    summary: shown.map(({ line, points }) => summaryOf(line, points, unit)).join('; '),
    isEmpty: shown.every(({ points }) => points.length === 0),
  };
}

const drawnPoints = ({ points }: HistoryAnswer, factor: number): DrawnPoint[] =>
  points.map(({ t, min, mean, max }) => ({
    ...{ t: Date.parse(t) / 1000, min: min * factor, mean: mean * factor, max: max * factor },
  }));

function levelsOf({ metric, label, as }: PlannedLine, unit: string, facts: ChartFacts): Level[] {
  // A bound on a counter is none on how it grows.
  if (as === 'rate') return [];
  const { factor } = drawnUnit(metric, facts.answers.find((answer) => answer?.metric === metric)?.unit ?? '');
  const several = facts.plan.lines.length > 1 ? `${label}: ` : '';
  const levels: Level[] = [];
  for (const { rule, metric: of, severity, above, below } of facts.rules) {
    if (of !== metric) continue;
    for (const bound of [above, below]) {
      if (bound === null) continue;
      const value = bound * factor;
      levels.push({ value, kind: severity, text: `${several}${rule} ${drawnText(value, unit)}` });
    }
  }
  const usual = facts.usual[metric];
  if (usual !== undefined) {
    const value = usual.value * factor;
    levels.push({ value, kind: 'usual', text: `${several}usual ${drawnText(value, unit)}` });
  }
  return levels;
}

function summaryOf({ label }: PlannedLine, points: readonly DrawnPoint[], unit: string): string {
  const last = points.at(-1);
  if (last === undefined) return `${label}: no readings`;
  const low = Math.min(...points.map(({ min }) => min));
  const high = Math.max(...points.map(({ max }) => max));
  const [newest, from, to] = [last.mean, low, high].map((value) => drawnText(value, unit));
  return `${label}: newest ${newest}, from ${from} to ${to}`;
}

/**
 * The scale of a chart: all that is drawn, and levels that are near it. A threshold far away would flatten the line that
 * somebody looks at.
 */
export function scaleOf(
  { aligned, levels }: Pick<ChartView, 'aligned' | 'levels'>,
  atLeast?: readonly [low: number, high: number],
): [low: number, high: number] {
  let low = atLeast?.[0] ?? Infinity;
  let high = atLeast?.[1] ?? -Infinity;
  for (const { min, max } of aligned.lines) {
    for (const value of min) if (typeof value === 'number') low = Math.min(low, value);
    for (const value of max) if (typeof value === 'number') high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const height = Math.max(high - low, Math.abs(high) * FLATTEST, FLATTEST);
  for (const { value } of levels) {
    if (value < low && low - value <= height * NEAR) low = value;
    if (value > high && value - high <= height * NEAR) high = value;
  }
  const room = Math.max(height, high - low) * ROOM;
  // A scale that begins at a floor, such as 0 %, stands on it.
  return [
    low === atLeast?.[0] ? low : low - room,
    high === atLeast?.[1] && high !== low ? high : high + room,
  ];
}

/** A level as many heights away as this is worth the room: noise of a tenth of a decibel is no reason to hide a threshold. */
const NEAR = 4;
/** Less than this part of its own size is no height. */
const FLATTEST = 0.05;
const ROOM = 0.06;
