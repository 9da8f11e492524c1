import type { SemiSync } from '@cpemon/database';

/** Why intake is closed: before the database's disk is full, and while commits are on one server only. */
export const GATE_REASONS = ['backlog', 'disk', 'replication'] as const;
export type GateReason = (typeof GATE_REASONS)[number];

export interface GateLimits {
  /** Bytes of events that may wait in the log for a writer; 0: any number. */
  maxBacklogBytes: number;
  /** Part of the database's disk that stays free, percent; 0: none. */
  minFreeDiskPercent: number;
  /** Closed also where the server was not told to wait for a replica; else only where it was, and does not. */
  requireSemiSync: boolean;
}

/** What was seen; null where it is not known. */
export interface GateReading {
  backlogBytes: number | null;
  /** 0 to 1. */
  freeDiskRatio: number | null;
  semiSync: SemiSync | null;
}

export interface IntakeGate {
  /** @param nowMs monotonic time of the reading */
  read(reading: GateReading, nowMs: number): void;
  /** Why it is closed; empty while it is open. */
  closedBy(nowMs: number): readonly GateReason[];
}

/** It opens again when so much less waits, so that it does not flutter. */
const BACKLOG_REOPENS_AT = 0.9;
/** It opens again when so much more of the disk is free. */
const DISK_REOPENS_PERCENT_ABOVE = 2;
/** A verdict holds so long without a further reading: then it is not known, and appending has errors of its own. */
const VERDICT_HOLDS_MS = 10_000;

const NONE: readonly GateReason[] = [];

export function createIntakeGate({
  maxBacklogBytes,
  minFreeDiskPercent,
  requireSemiSync,
}: GateLimits): IntakeGate {
  const closedAt = new Map<GateReason, number>();
  const judge = (reason: GateReason, nowMs: number, closes: boolean, reopens: boolean): void => {
    if (closes || (closedAt.has(reason) && !reopens)) closedAt.set(reason, nowMs);
    else closedAt.delete(reason);
  };
  return {
    read({ backlogBytes, freeDiskRatio, semiSync }, nowMs) {
      if (maxBacklogBytes > 0 && backlogBytes !== null) {
        const reopens = backlogBytes < maxBacklogBytes * BACKLOG_REOPENS_AT;
        judge('backlog', nowMs, backlogBytes >= maxBacklogBytes, reopens);
      }
      if (minFreeDiskPercent > 0 && freeDiskRatio !== null) {
        const percent = freeDiskRatio * 100;
        const reopens = percent >= Math.min(100, minFreeDiskPercent + DISK_REOPENS_PERCENT_ABOVE);
        judge('disk', nowMs, percent < minFreeDiskPercent, reopens);
      }
      if (semiSync !== null) {
        const closes = semiSync === 'lost' || (requireSemiSync && semiSync === 'off');
        judge('replication', nowMs, closes, !closes);
      }
    },
    closedBy(nowMs) {
      // Asked at every append.
      if (closedAt.size === 0) return NONE;
      return GATE_REASONS.filter((reason) => nowMs - (closedAt.get(reason) ?? -Infinity) < VERDICT_HOLDS_MS);
    },
  };
}
