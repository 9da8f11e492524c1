import type { AttributeName } from './event.js';
import type { HealthRecord } from './health/health.js';
import type { Reachability } from './reachability.js';
import type { RecentIdentities } from './recent-identities.js';

/** The values of one report that are still the newest of their source. */
export interface Report {
  /** What orders it among the reports of its source: believable device time, else time received. Epoch ms. */
  orderAt: number;
  /** The device's (or relay's) time, null when it gave none that can be believed. */
  deviceTime: number | null;
  /** What ranks it between sources: time received; for a late report no more than its own time. */
  rankAt: number;
  /** Breaks ties of `rankAt`: position in the lane. */
  sequence: number;
  /** Objects of this report's own, which no event shares. */
  attributes: Partial<Record<AttributeName, string>>;
  metrics: Record<string, number>;
}

/** What is remembered of one source of a device (heartbeat agent, relayed events, ACS). */
export interface SourceRecord {
  source: string;
  /** Order of the newest report, and when it was received. */
  newestAt: number;
  newestReceivedAt: number;
  /** Last sign of life by this source. */
  lastSeenAt: number;
  /** The interval it declared, seconds, and the order of the report that said so. */
  declaredSeconds: number | null;
  declaredAt: number;
  /** Where no interval was declared: the last gaps between its periodic reports, ms, oldest first. */
  learntGapsMs: number[];
  /** What they teach, once they are enough. */
  learntSeconds: number | null;
  /** When the gap that is being measured began; null when there is none. */
  periodicAt: number | null;
  /** A late report that may be the first after a step of the device's clock. */
  stepCandidate: { skewMs: number; receivedAt: number; boot: boolean } | null;
  /** Since when it has been silent on a device that lives, epoch ms; null while it is not. See telemetry-silence.ts. */
  silentSince: number | null;
  /** Newest first; each attribute and metric stands in one of them only. */
  reports: Report[];
}

/**
 * What must be known of a device to tell the retry of an Inform, or of a TransferComplete, from a new one. Kept for
 * devices that have something to tell apart: null for nearly all of a fleet.
 */
export interface RepeatMemory {
  /** RetryCount of the newest Inform. */
  retryCount: number;
  /** When the device started by the uptime it told then, epoch ms; null where it told none. */
  startedAt: number | null;
  /** Codes of the events (event code and CommandKey) told since RetryCount 0. */
  told: number[];
  /** Codes of its last transfers (CommandKey and StartTime), oldest first. */
  transfers: number[];
}

/** How often a device reports; kept of those that report very often. See chatty.ts. */
export interface ReportRate {
  /** When the count began, epoch ms, and the reports since. */
  countedSince: number;
  reports: number;
  /** What was usual, reports a minute, of the sources that declare no interval; 0 where that is not known. */
  usualPerMinute: number;
  /** Since when the device is chatty, epoch ms; null when it is not. */
  chattySince: number | null;
  /** For how long a chatty device has kept to a normal rate. */
  normalMs: number;
}

/** What must be known of a device to tell that it restarts or vanishes again and again. See restlessness.ts. */
export interface Restlessness {
  /** When it was last told to have booted, for whatever cause; null: not of late. */
  bootAt: number | null;
  /** Its last boots by power or crash, epoch ms, oldest first. */
  boots: number[];
  /** Since when it is in a reboot loop; null when it is not. */
  loopSince: number | null;
  /** When it last came back from absences that no boot explains, epoch ms, oldest first. */
  returns: number[];
  /** Since when it flaps; null when it does not. */
  flappingSince: number | null;
}

/** What a device was called until its firmware called it otherwise. See renamed-class.ts. */
export interface FormerClass {
  productClass: string;
  /** When it was first called otherwise, epoch ms. */
  until: number;
}

/** All that the owner of a lane knows about a device: what apply-event.ts changes and the store keeps. */
export interface DeviceRecord extends HealthRecord {
  /** 0 until the device is registered. */
  deviceId: number;
  serialNumber: string;
  /** Empty where no source has told it. */
  oui: string;
  productClass: string;
  /** Null of nearly all of a fleet. */
  formerClass: FormerClass | null;
  firstSeenAt: number;
  /** Last sign of life by any source; -Infinity before the first event. */
  lastSeenAt: number;
  /** Position of the last event applied. */
  lastSequence: number;
  reachability: Reachability;
  reason: string;
  since: number;
  /** The combination of labels that it has by the inventory; 0 for none. */
  labelSetId: number;
  /** Every event applied to the device, of which repeats and late ones. */
  applied: number;
  duplicates: number;
  late: number;
  /** See recent-identities.ts. */
  recentIdentities: RecentIdentities;
  /** See repeats.ts. */
  repeats: RepeatMemory | null;
  /** Null of nearly all of a fleet. */
  reportRate: ReportRate | null;
  /** Null of nearly all of a fleet. */
  restlessness: Restlessness | null;
  /** The source heard last stands first. */
  sources: SourceRecord[];
  /** Before this moment silence changes nothing (a lower bound; gaps of intake only move it back). */
  quietUntil: number;
}

/** A device of which nothing has been applied yet. */
export function newDeviceRecord(
  identity: { serialNumber: string; oui: string; productClass: string },
  firstSeenAt: number,
): DeviceRecord {
  return {
    deviceId: 0,
    serialNumber: identity.serialNumber,
    oui: identity.oui,
    productClass: identity.productClass,
    formerClass: null,
    firstSeenAt,
    lastSeenAt: -Infinity,
    lastSequence: 0,
    reachability: 'unknown',
    reason: '',
    since: firstSeenAt,
    health: 'unknown',
    healthReason: '',
    healthSince: -Infinity,
    conditions: null,
    baselines: null,
    anchors: null,
    labelSetId: 0,
    applied: 0,
    duplicates: 0,
    late: 0,
    recentIdentities: [],
    repeats: null,
    reportRate: null,
    restlessness: null,
    sources: [],
    quietUntil: -Infinity,
  };
}

export function newSourceRecord(source: string): SourceRecord {
  return {
    source,
    newestAt: -Infinity,
    newestReceivedAt: -Infinity,
    lastSeenAt: -Infinity,
    declaredSeconds: null,
    declaredAt: -Infinity,
    learntGapsMs: [],
    learntSeconds: null,
    periodicAt: null,
    stepCandidate: null,
    silentSince: null,
    reports: [],
  };
}
