import { newDeviceRecord, newSourceRecord } from '../device-record.js';
import { offlineAfterMs, type ReachabilitySettings } from '../reachability.js';
import type { TimelineEntry } from '../timeline.js';
import { resumeConditions } from './conditions.js';
import type { ConditionChange, Severity } from './health.js';
import type { HealthRules } from './health-rules.js';
import { judgeReadings } from './judge-readings.js';

/** What is known of a device whose past is judged. */
export interface PastDevice {
  model: string | null;
  firmware: string | null;
  labelSetId: number;
  /** How often it reports; null: not known. */
  intervalSeconds: number | null;
}

/** Readings that were made at one time, epoch ms. */
export interface PastReadings {
  at: number;
  metrics: Readonly<Record<string, number>>;
}

/** A condition that would have opened. */
export interface PastOpening {
  rule: string;
  severity: Severity;
  /** Epoch ms; `closedAt` null: still open at the end. */
  openedAt: number;
  closedAt: number | null;
}

/**
 * What rules would have found on a device by its past readings, as if it had been what it is today all along.
 * @param readings in the order of time
 */
export function backtestDevice(
  device: PastDevice,
  readings: readonly PastReadings[],
  rules: HealthRules,
  settings: ReachabilitySettings,
): PastOpening[] {
  const first = readings[0]?.at ?? 0;
  const record = newDeviceRecord({ serialNumber: '', oui: '', productClass: '' }, first);
  const attributes = {
    ...(device.model === null ? {} : { model: device.model }),
    ...(device.firmware === null ? {} : { sw_version: device.firmware }),
  };
  const stamp = { orderAt: first, deviceTime: null, rankAt: first, sequence: 0 };
  record.sources = [{ ...newSourceRecord(''), reports: [{ ...stamp, attributes, metrics: {} }] }];
  record.labelSetId = device.labelSetId;
  const offlineMs = offlineAfterMs(
    (device.intervalSeconds ?? settings.defaultIntervalSeconds) * 1000,
    settings,
  );
  const timeline: TimelineEntry[] = [];
  let before = first;
  for (const { at, metrics } of readings) {
    if (at - before > offlineMs) resumeConditions(record);
    before = at;
    judgeReadings(record, metrics, at, rules, timeline);
  }
  return openingsOf(timeline);
}

function openingsOf(timeline: readonly TimelineEntry[]): PastOpening[] {
  const openings: PastOpening[] = [];
  const open = new Map<string, PastOpening>();
  for (const { kind, at, data } of timeline) {
    if (kind !== 'condition') continue;
    const { rule, severity, state } = data as ConditionChange;
    if (state === 'opened') {
      const opening = { rule, severity, openedAt: at, closedAt: null };
      openings.push(opening);
      open.set(rule, opening);
    } else {
      const opening = open.get(rule);
      if (opening !== undefined) opening.closedAt = at;
    }
  }
  return openings;
}
