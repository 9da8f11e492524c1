import { stoppedMetrics, type StoppedMetric } from '@cpemon/domain';
import type { CoverageMetric, CoverageModel, CoveragePath, CoverageRows } from '@cpemon/store';
import { rfc3339 } from '../rfc3339.js';

/** What each firmware of each model sends, those with the most reports first. */
export function coverageView(rows: CoverageRows) {
  const stopped = stoppedByFirmware(rows);
  const metrics = byKey(rows.metrics, keyOf);
  const paths = byKey(rows.paths, ({ model }) => model);
  return {
    items: rows.models.map((row) => ({
      ...firmwareView(row),
      metrics: (metrics.get(keyOf(row)) ?? []).filter(({ seen }) => seen > 0).length,
      only_no_reading: onlySentinels(metrics.get(keyOf(row)) ?? []),
      stopped: (stopped.get(keyOf(row)) ?? []).map(({ metric }) => metric),
      unmapped: (paths.get(row.model) ?? []).length,
    })),
  };
}

/** One model in full. @param rows of that model alone */
export function modelCoverageView(model: string, rows: CoverageRows) {
  const stopped = stoppedByFirmware(rows);
  const metrics = byKey(rows.metrics, keyOf);
  const surveyed = rows.models.reduce((sum, row) => sum + row.surveyed, 0);
  return {
    model,
    firmwares: rows.models.map((row) => ({
      ...firmwareView(row),
      metrics: (metrics.get(keyOf(row)) ?? []).map((metric) => metricView(metric, row)),
      only_no_reading: onlySentinels(metrics.get(keyOf(row)) ?? []),
      stopped: (stopped.get(keyOf(row)) ?? []).map(({ metric, before, share }) => ({
        ...{ metric, before_firmware: before, share_before: rounded(share) },
      })),
    })),
    unmapped: rows.paths.map((path) => pathView(path, surveyed)),
  };
}

function firmwareView(row: CoverageModel) {
  return {
    ...{ model: row.model, firmware: row.firmware, manufacturer: row.manufacturer },
    ...{ reports: row.reports, looked_at: row.lookedAt, surveyed: row.surveyed },
    ...{ first_at: rfc3339(row.firstAt), last_at: rfc3339(row.lastAt) },
  };
}

function metricView({ metric, seen, noReading, firstAt, lastAt }: CoverageMetric, of: CoverageModel) {
  return {
    ...{ metric, seen, share: shareOf(seen, of.lookedAt) },
    ...{ no_reading: noReading, no_reading_share: shareOf(noReading, of.surveyed) },
    ...{ first_at: rfc3339(firstAt), last_at: rfc3339(lastAt) },
  };
}

function pathView({ path, type, form, firmware, seen, firstAt, lastAt }: CoveragePath, surveyed: number) {
  return {
    ...{ path, type: type === '' ? null : type, form: form === '' ? null : form, last_firmware: firmware },
    ...{ seen, share: shareOf(seen, surveyed), first_at: rfc3339(firstAt), last_at: rfc3339(lastAt) },
  };
}

const keyOf = ({ model, firmware }: { model: string; firmware: string }): string => `${model}\n${firmware}`;

/** Null where there was nothing to count among. */
const shareOf = (count: number, all: number): number | null => (all === 0 ? null : rounded(count / all));
const rounded = (share: number): number => Math.round(share * 1000) / 1000;

const onlySentinels = (metrics: readonly CoverageMetric[]): string[] =>
  metrics.filter(({ seen, noReading }) => seen === 0 && noReading > 0).map(({ metric }) => metric);

/** By `keyOf`. */
function stoppedByFirmware({ models, metrics }: CoverageRows): Map<string, StoppedMetric[]> {
  const stopped = new Map<string, StoppedMetric[]>();
  const ofFirmware = byKey(metrics, keyOf);
  for (const [model, firmwares] of byKey(models, (row) => row.model)) {
    const coverage = firmwares.map((row) => ({
      ...{ firmware: row.firmware, firstAt: row.firstAt, lookedAt: row.lookedAt },
      seen: new Map((ofFirmware.get(keyOf(row)) ?? []).map(({ metric, seen }) => [metric, seen])),
    }));
    for (const [firmware, gone] of stoppedMetrics(coverage)) stopped.set(keyOf({ model, firmware }), gone);
  }
  return stopped;
}

function byKey<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const known = grouped.get(key(row));
    if (known === undefined) grouped.set(key(row), [row]);
    else known.push(row);
  }
  return grouped;
}
