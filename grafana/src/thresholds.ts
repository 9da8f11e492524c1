/** Where something becomes worth a look, and where somebody must act. Rules and dashboards have them from here. */
export interface Threshold {
  warning: number;
  critical: number;
}

/**
 * Age of the oldest event that is not applied, seconds. A writer that dies is replaced when its lease of 5 s (15 s on
 * Kubernetes) ends: that pages nobody.
 */
export const OLDEST_EVENT_SECONDS: Threshold = { warning: 30, critical: 120 };
/** The same for installations that act on events within seconds: rules of `prometheus/strict`. */
export const OLDEST_EVENT_SECONDS_STRICT: Threshold = { warning: 2, critical: 5 };
/** Share of requests that we failed, or of events that we refused. */
export const FAILED_OR_REFUSED_RATIO: Threshold = { warning: 0.005, critical: 0.01 };
/** Share of the fleet that goes offline within ten minutes; on an ordinary day it is a tenth of the first. */
export const GONE_OFFLINE_RATIO: Threshold = { warning: 0.02, critical: 0.1 };
/** Below it a share says nothing: two devices of a fleet of ten are not an outage. */
export const GONE_OFFLINE_DEVICES = 10;
/** Part of the database's disk that is free. Intake stops at 5 % by default. */
export const DISK_FREE_RATIO: Threshold = { warning: 0.2, critical: 0.1 };
/** Dead letters that come within a quarter of an hour. */
export const DEAD_LETTERS_GROWTH = 10;
/** Optical power received, class B+ (ITU-T G.984.2 Amendment 1); ONTs report it to within 3 dB. */
export const RX_POWER_DBM: Threshold = { warning: -25, critical: -27 };
/** Offline part of a group of devices (an OLT, a region, a model). */
export const GROUP_OFFLINE_RATIO: Threshold = { warning: 0.1, critical: 0.3 };
/** What was promised: part of requests with events that are not failed by us, over 30 days. */
export const ACCEPTED_OBJECTIVE = 0.999;
/** What was promised: part of events that are visible within that time. */
export const VISIBLE_OBJECTIVE = 0.95;
export const VISIBLE_WITHIN_SECONDS = 0.1;
/**
 * Burn rates of an error budget of 30 days, each over a long window and confirmed by a short one (Google, The Site
 * Reliability Workbook, chapter 5): 2 % in an hour, 5 % in six hours, 10 % in three days. They must hold for a while, so
 * that the first minutes of an installation say nothing of days.
 */
export const BURN_RATES = [
  { long: '1h', short: '5m', rate: 14.4, severity: 'critical', holds: '2m' },
  { long: '6h', short: '30m', rate: 6, severity: 'critical', holds: '15m' },
  { long: '3d', short: '6h', rate: 1, severity: 'warning', holds: '1h' },
] as const;
/** Codes of requests that ended badly for a reason of ours; a sender's own mistakes do not count. */
export const OUR_FAILURES = [
  'overloaded',
  'backlog_full',
  'not_replicated',
  'log_unavailable',
  'internal_error',
] as const;

export const COLOURS = {
  good: 'green',
  warning: 'orange',
  critical: 'red',
  unknown: '#8e8e8e',
  neutral: 'blue',
} as const;

/** Of the statuses of a device, everywhere the same. */
export const STATUS_COLOURS: Readonly<Record<string, string>> = {
  online: COLOURS.good,
  stale: COLOURS.warning,
  offline: COLOURS.critical,
  unknown: COLOURS.unknown,
};
