import {
  OTHERS,
  type CoverageMetric,
  type CoverageModel,
  type CoveragePath,
  type CoverageRows,
} from '@cpemon/store';
import type { UnmappedParameter } from '@cpemon/device-models';

/** Counts of one firmware of one model since they were taken last. */
export interface FirmwareCounts extends CoverageModel {
  metrics: Map<string, CoverageMetric>;
}

/** What is counted in memory; bounded, whatever senders invent. */
export interface CoverageCounts {
  /** The counts of a firmware, or those of the others where there is no room. */
  firmware(model: string, firmware: string): FirmwareCounts;
  metric(counts: FirmwareCounts, metric: string): CoverageMetric;
  path(counts: FirmwareCounts, unmapped: UnmappedParameter, at: number): void;
  /** All that was counted, which begins anew. */
  take(): CoverageRows;
  /** What was taken and could not be written. */
  putBack(rows: CoverageRows): void;
}

/** Firmwares of models that one writer counts in a minute: a fleet of a hundred models has a few hundred. */
export const MOST_FIRMWARES = 1000;
/** Metrics of one firmware; the largest built-in model has 40. */
export const METRICS_A_FIRMWARE = 128;
/** Unmapped parameters of one model, and of all. */
export const PATHS_A_MODEL = 200;
export const MOST_PATHS = 5000;

/** The columns' widths. */
const LONGEST_TEXT = 64;
const LONGEST_METRIC = 128;
const LONGEST_TYPE = 32;

export function createCoverageCounts(): CoverageCounts {
  let models = new Map<string, Map<string, FirmwareCounts>>();
  let paths = new Map<string, Map<string, CoveragePath>>();
  let firmwares = 0;
  let allPaths = 0;

  const find = (model: string, firmware: string): FirmwareCounts | undefined =>
    models.get(model)?.get(firmware);
  const make = (model: string, firmware: string): FirmwareCounts => {
    const counts: FirmwareCounts = {
      ...{ model: model.slice(0, LONGEST_TEXT), firmware: firmware.slice(0, LONGEST_TEXT), manufacturer: '' },
      ...{ reports: 0, lookedAt: 0, surveyed: 0, firstAt: Infinity, lastAt: -Infinity, metrics: new Map() },
    };
    const known = models.get(model);
    if (known === undefined) models.set(model, new Map([[firmware, counts]]));
    else known.set(firmware, counts);
    firmwares += 1;
    return counts;
  };
  const firmwareOf = (model: string, firmware: string): FirmwareCounts => {
    const known = find(model, firmware);
    if (known !== undefined) return known;
    if (firmwares < MOST_FIRMWARES) return make(model, firmware);
    return find(OTHERS, '') ?? make(OTHERS, '');
  };
  const metricOf = (counts: FirmwareCounts, given: string): CoverageMetric => {
    const known = counts.metrics.get(given);
    if (known !== undefined) return known;
    const isFull = counts.metrics.size >= METRICS_A_FIRMWARE || !isName(given);
    const metric = isFull ? OTHERS : given;
    const others = counts.metrics.get(metric);
    if (others !== undefined) return others;
    const { model, firmware } = counts;
    const made = { model, firmware, metric, seen: 0, noReading: 0, firstAt: Infinity, lastAt: -Infinity };
    counts.metrics.set(metric, made);
    return made;
  };
  const pathOf = ({ model, firmware }: FirmwareCounts, given: UnmappedParameter): CoveragePath => {
    let ofModel = paths.get(model);
    if (ofModel === undefined) paths.set(model, (ofModel = new Map<string, CoveragePath>()));
    const key = given.path.toLowerCase();
    const known = ofModel.get(key);
    if (known !== undefined) return known;
    const isFull = ofModel.size >= PATHS_A_MODEL || allPaths >= MOST_PATHS;
    const path = isFull ? OTHERS : given.path;
    const others = isFull ? ofModel.get(OTHERS) : undefined;
    if (others !== undefined) return others;
    const made = { model, path, type: '', form: '', firmware, seen: 0, firstAt: Infinity, lastAt: -Infinity };
    if (!isFull) Object.assign(made, { type: given.type.slice(0, LONGEST_TYPE), form: given.form });
    ofModel.set(isFull ? OTHERS : key, made);
    allPaths += 1;
    return made;
  };

  return {
    firmware: firmwareOf,
    metric: metricOf,
    path(counts, unmapped, at) {
      const path = pathOf(counts, unmapped);
      path.seen += 1;
      path.firmware = counts.firmware;
      if (path.form === '' && path.path !== OTHERS) path.form = unmapped.form;
      seenAt(path, at);
    },
    take() {
      const taken = [...models.values()].flatMap((byFirmware) => [...byFirmware.values()]);
      const rows: CoverageRows = {
        models: taken.map(({ metrics: _metrics, ...model }) => model),
        metrics: taken.flatMap(({ metrics }) => [...metrics.values()]),
        paths: [...paths.values()].flatMap((ofModel) => [...ofModel.values()]),
      };
      models = new Map();
      paths = new Map();
      firmwares = 0;
      allPaths = 0;
      return rows;
    },
    putBack(rows) {
      for (const { model, firmware, manufacturer, ...row } of rows.models) {
        const counts = firmwareOf(model, firmware);
        if (counts.manufacturer === '' && counts.model === model) counts.manufacturer = manufacturer;
        counts.reports += row.reports;
        counts.lookedAt += row.lookedAt;
        counts.surveyed += row.surveyed;
        seenBetween(counts, row);
      }
      for (const row of rows.metrics) {
        const metric = metricOf(firmwareOf(row.model, row.firmware), row.metric);
        metric.seen += row.seen;
        metric.noReading += row.noReading;
        seenBetween(metric, row);
      }
      for (const row of rows.paths) {
        const path = pathOf(firmwareOf(row.model, row.firmware), row);
        path.seen += row.seen;
        seenBetween(path, row);
      }
    },
  };
}

/** A metric's name of ours; whatever else a sender calls a metric has no column. */
const isName = (metric: string): boolean => metric.length <= LONGEST_METRIC && /^[\x21-\x7e]+$/.test(metric);

interface Span {
  firstAt: number;
  lastAt: number;
}

export function seenAt(span: Span, at: number): void {
  if (at < span.firstAt) span.firstAt = at;
  if (at > span.lastAt) span.lastAt = at;
}

function seenBetween(span: Span, { firstAt, lastAt }: Span): void {
  seenAt(span, firstAt);
  seenAt(span, lastAt);
}
