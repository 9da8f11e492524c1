import { COLOURS, type Threshold } from '../thresholds.js';
import type { DataLink, FieldConfig, Panel, Target, ThresholdStep } from './dashboard.js';
import { lettered } from './queries.js';

/** A panel without its place. */
export type Draft = Omit<Panel, 'id' | 'gridPos'> & { width: number; height: number };

export interface PanelFacts {
  title: string;
  /** What it shows and what to do about it. */
  description: string;
  /** Grafana's name of the unit: s, percentunit, short, … */
  unit: string;
  targets: Target[];
  steps?: ThresholdStep[];
  width?: number;
  height?: number;
  links?: DataLink[];
  overrides?: FieldConfig['overrides'];
  decimals?: number;
  noValue?: string;
}

/** More is worse. */
export const worseAbove = ({ warning, critical }: Threshold): ThresholdStep[] => [
  { color: COLOURS.good, value: null },
  { color: COLOURS.warning, value: warning },
  { color: COLOURS.critical, value: critical },
];

/** Less is worse. */
export const worseBelow = ({ warning, critical }: Threshold): ThresholdStep[] => [
  { color: COLOURS.critical, value: null },
  { color: COLOURS.warning, value: critical },
  { color: COLOURS.good, value: warning },
];

export const plain: ThresholdStep[] = [{ color: COLOURS.neutral, value: null }];

/** None is right, one is too many. */
export const noneIsRight = (color: string = COLOURS.warning): ThresholdStep[] => [
  { color: COLOURS.good, value: null },
  { color, value: 1 },
];

/** One number. */
export function stat(facts: PanelFacts): Draft {
  return {
    ...base(facts, 'stat', 4, 4),
    fieldConfig: {
      defaults: { ...defaults(facts), color: { mode: 'thresholds' } },
      overrides: facts.overrides ?? [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      ...{ colorMode: 'value', graphMode: 'area', justifyMode: 'auto', textMode: 'auto' },
      ...{ orientation: 'auto', wideLayout: true },
    },
  };
}

export interface SeriesFacts extends PanelFacts {
  stacked?: boolean;
  /** Colours of series by their names. */
  colours?: Readonly<Record<string, string>>;
}

/** Lines over time; thresholds are drawn when they are given. A gap stays a gap. */
export function series(facts: SeriesFacts): Draft {
  const { stacked = false, steps, colours = {} } = facts;
  return {
    ...base(facts, 'timeseries', 12, 8),
    fieldConfig: {
      defaults: {
        ...defaults(facts),
        color: { mode: 'palette-classic' },
        custom: {
          ...{ drawStyle: 'line', lineWidth: 1, fillOpacity: stacked ? 40 : 10, showPoints: 'never' },
          ...{ spanNulls: false, axisSoftMin: 0 },
          stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
          thresholdsStyle: { mode: steps === undefined ? 'off' : 'line' },
        },
      },
      overrides: [
        ...(facts.overrides ?? []),
        ...Object.entries(colours).map(([name, fixedColor]) => ({
          matcher: { id: 'byName', options: name },
          properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
        })),
      ],
    },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** What a column of a table is. */
export interface Column {
  unit?: string;
  steps?: ThresholdStep[];
  links?: DataLink[];
  width?: number;
}

export interface TableFacts extends Omit<PanelFacts, 'unit' | 'overrides'> {
  columns?: Readonly<Record<string, Column>>;
  /** Columns of a Prometheus table that say nothing here. */
  hide?: readonly string[];
}

export function table(facts: TableFacts): Draft {
  const { columns = {}, hide = [] } = facts;
  const overrides = Object.entries(columns).map(([name, { unit, steps, links, width }]) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
      ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
      ...(links === undefined ? [] : [{ id: 'links', value: links }]),
      ...(steps === undefined
        ? []
        : [
            { id: 'thresholds', value: { mode: 'absolute', steps } },
            { id: 'custom.cellOptions', value: { type: 'color-text' } },
          ]),
    ],
  }));
  return {
    ...base({ ...facts, unit: 'none' }, 'table', 12, 8),
    fieldConfig: {
      defaults: { ...(facts.noValue === undefined ? {} : { noValue: facts.noValue }) },
      overrides,
    },
    options: { showHeader: true, cellHeight: 'sm', footer: { show: false } },
    ...(hide.length === 0
      ? {}
      : {
          transformations: [
            {
              id: 'organize',
              options: { excludeByName: Object.fromEntries(hide.map((name) => [name, true])) },
            },
          ],
        }),
  };
}

/** Buckets of a Prometheus histogram as colours. */
export function heatmap(facts: PanelFacts): Draft {
  return {
    ...base(facts, 'heatmap', 12, 8),
    fieldConfig: { defaults: {}, overrides: [] },
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5 },
      yAxis: { unit: facts.unit, axisPlacement: 'left' },
      rowsFrame: { layout: 'auto' },
      tooltip: { mode: 'single', yHistogram: true },
      legend: { show: true },
    },
  };
}

/** Bars by a name in the first column. */
export function bars(facts: PanelFacts): Draft {
  return {
    ...base(facts, 'barchart', 12, 8),
    fieldConfig: {
      defaults: { ...defaults(facts), color: { mode: 'thresholds' } },
      overrides: facts.overrides ?? [],
    },
    options: {
      ...{ orientation: 'auto', showValue: 'auto', stacking: 'none', xTickLabelRotation: -30 },
      legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    },
  };
}

/** The question that the panels below it answer. */
export const row = (title: string): Draft => ({
  ...{ type: 'row', title, description: '', collapsed: false, panels: [], width: 24, height: 1 },
});

function base(facts: PanelFacts, type: string, width: number, height: number) {
  const targets = lettered(facts.targets);
  const [first] = targets;
  return {
    ...{ type, title: facts.title, description: facts.description, targets },
    ...(first === undefined ? {} : { datasource: first.datasource }),
    ...{ width: facts.width ?? width, height: facts.height ?? height },
  };
}

function defaults({ unit, steps, links, decimals, noValue }: PanelFacts): FieldConfig['defaults'] {
  return {
    unit,
    ...(decimals === undefined ? {} : { decimals }),
    ...(noValue === undefined ? {} : { noValue }),
    thresholds: { mode: 'absolute', steps: steps ?? plain },
    ...(links === undefined ? {} : { links }),
  };
}
