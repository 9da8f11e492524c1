import type { Connection } from '@cpemon/database';
import type { HealthRulesText } from '@cpemon/contracts';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  backtestDevice,
  compileHealthRules,
  type HealthRules,
  type Severity,
} from '@cpemon/domain';
import {
  readGroupDevices,
  readGroupSamples,
  readHealthReferences,
  readLabelSetsNaming,
  readLastGroup,
  type HealthReference,
} from '@cpemon/store';

/** What a set of rules would have found in the history that is kept. */
export interface BacktestReport {
  version: string;
  from: string;
  to: string;
  devices: number;
  /** … that have samples in that time. */
  devices_with_history: number;
  samples: number;
  rules: {
    name: string;
    severity: Severity;
    opened: number;
    devices: number;
    still_open: number;
    /** By day, YYYY-MM-DD (UTC). */
    by_day: Record<string, number>;
  }[];
  /** Conditions that would have been told to somebody by day: critical ones, as far as no group alarm holds them. */
  notifications_by_day: Record<string, number>;
}

const DAY_MS = 86_400_000;
/** What devices usually read is learnt from the days before. */
const LEARNING_DAYS = 7;

/** Judges the history of every device, some hundred devices at a time. @param now epoch ms */
export async function backtest(
  connection: Connection,
  text: HealthRulesText,
  { days, now, onProgress }: { days: number; now: number; onProgress?: (done: number, all: number) => void },
): Promise<BacktestReport> {
  const from = now - days * DAY_MS;
  const rules = await rulesWithSurroundings(connection, text, from);
  const byRule = new Map<string, BacktestReport['rules'][number]>(
    text.rules.map(({ name, severity }) => [
      name,
      { name, severity, opened: 0, devices: 0, still_open: 0, by_day: {} },
    ]),
  );
  const report: BacktestReport = {
    ...{ version: text.version, from: new Date(from).toISOString(), to: new Date(now).toISOString() },
    ...{ devices: 0, devices_with_history: 0, samples: 0 },
    ...{ rules: [...byRule.values()], notifications_by_day: {} },
  };
  const lastGroup = await readLastGroup(connection);
  for (let group = 0; group <= lastGroup; group += 1) {
    const devices = await readGroupDevices(connection, group);
    const span = { from: from - LEARNING_DAYS * DAY_MS, to: now };
    const ids = devices.map(({ deviceId }) => deviceId);
    const samples = await readGroupSamples(connection, group, ids, span);
    for (const device of devices) {
      const readings = samples.get(device.deviceId) ?? [];
      report.devices += 1;
      report.samples += readings.length;
      if (readings.some(({ at }) => at >= from)) report.devices_with_history += 1;
      const found = backtestDevice(device, readings, rules, DEFAULT_REACHABILITY_SETTINGS);
      const counted = new Set<string>();
      for (const { rule, severity, openedAt, closedAt } of found) {
        const known = byRule.get(rule);
        if (known === undefined || openedAt < from) continue;
        const day = new Date(openedAt).toISOString().slice(0, 10);
        known.opened += 1;
        if (closedAt === null) known.still_open += 1;
        known.by_day[day] = (known.by_day[day] ?? 0) + 1;
        if (!counted.has(rule)) known.devices += 1;
        counted.add(rule);
        if (severity === 'critical')
          report.notifications_by_day[day] = (report.notifications_by_day[day] ?? 0) + 1;
      }
    }
    onProgress?.(group + 1, lastGroup + 1);
  }
  return report;
}

async function rulesWithSurroundings(
  connection: Connection,
  text: HealthRulesText,
  from: number,
): Promise<HealthRules> {
  const names = new Set(text.rules.flatMap(({ scope }) => [...(scope?.labels?.keys() ?? [])]));
  const { sets } = await readLabelSetsNaming(connection, [...names]);
  const compares = text.rules.some(({ compare }) => compare === 'other_firmware');
  const references = compares
    ? await readHealthReferences(connection, Math.floor(from / DAY_MS) - LEARNING_DAYS)
    : [];
  return compileHealthRules(text, {
    labelsOf: (labelSetId) => sets.get(labelSetId),
    otherFirmwares: (...wish) => meanOfOthers(references, ...wish),
  });
}

function meanOfOthers(
  references: readonly HealthReference[],
  metric: string,
  model: string,
  firmware: string,
  at: number,
): number | null {
  const today = Math.floor(at / DAY_MS);
  const others = references.filter(
    (each) =>
      each.metric === metric && each.model === model && each.firmware !== firmware && each.day < today,
  );
  const day = Math.max(...others.map((each) => each.day));
  if (day < today - LEARNING_DAYS) return null;
  const ofDay = others.filter((each) => each.day === day);
  const devices = ofDay.reduce((sum, each) => sum + each.devices, 0);
  return devices === 0 ? null : ofDay.reduce((sum, each) => sum + each.mean * each.devices, 0) / devices;
}
