import { DEFAULT_GROUP_SETTINGS, type GroupSettings } from './group-alarms.js';
import type { Matchers } from './matchers.js';
import type { NotificationBudget } from './notification-budget.js';

export const ALERT_SEVERITIES = ['warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** Which devices raise alerts of their own, and when. */
export interface DeviceAlertRule {
  name: string;
  /** offline: nothing is heard of it. condition: a rule of its health holds. */
  on: 'offline' | 'condition';
  match: Matchers;
  /** Of `on: condition`: the names of those meant; empty: all. */
  conditions: readonly string[];
  /** Of `on: condition`: the severities meant. */
  severities: readonly AlertSeverity[];
  /** Of `on: offline`; a condition brings its own. */
  severity: AlertSeverity;
  /** How long it must hold, from its true start on, and how long it must be gone. */
  forMs: number;
  recoveryMs: number;
}

/** Where a secret is read from: it stands in no file of settings. */
export type SecretPlace = { file: string } | { environment: string };

export type ReceiverSettings = { name: string; match: Matchers } & (
  | { type: 'webhook'; url: string; secret: SecretPlace | null }
  | { type: 'alertmanager'; urls: readonly string[] }
);

export interface AlertSettings {
  rules: readonly DeviceAlertRule[];
  groups: GroupSettings;
  budget: NotificationBudget;
  receivers: readonly ReceiverSettings[];
}

const MINUTE_MS = 60_000;

/** A residential device that goes offline is state and timeline: nobody is told. Business lines and groups are. */
export const DEFAULT_RULES: readonly DeviceAlertRule[] = [
  {
    ...{ name: 'business-offline', on: 'offline', match: { tier: ['business'] }, conditions: [] },
    ...{ severities: [], severity: 'critical', forMs: 10 * MINUTE_MS, recoveryMs: 2 * MINUTE_MS },
  },
  {
    ...{ name: 'business-health', on: 'condition', match: { tier: ['business'] }, conditions: [] },
    ...{ severities: ['critical'], severity: 'critical', forMs: 0, recoveryMs: 5 * MINUTE_MS },
  },
];

export const DEFAULT_ALERT_SETTINGS: AlertSettings = {
  rules: DEFAULT_RULES,
  groups: DEFAULT_GROUP_SETTINGS,
  budget: { perHour: 30 },
  receivers: [],
};
