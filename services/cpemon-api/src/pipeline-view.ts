import type { LaneStats, LogStats } from '@cpemon/event-log';
import type { IntakeProcess, SourceSilence } from '@cpemon/store';
import type { Rates, TotalsSample } from './rate-sampler.js';
import { rfc3339 } from './rfc3339.js';

/** The totals of a reading, for the rates. */
export function totalsOf({ at, lanes }: LogStats): TotalsSample {
  return {
    at,
    accepted: sum(lanes, ({ head, base }) => head - base),
    applied: sum(lanes, appliedIn),
  };
}

/** What is passed but not elsewhere: the terms of the books are disjoint and add up to what was accepted. */
const appliedIn = ({ offset, base, parkedEvents, deadLetters, discarded, skipped }: LaneStats): number =>
  offset - base - parkedEvents - deadLetters - discarded - skipped;

/** The answer of `GET /v1/pipeline`: where the events are, who applies them and who takes them in. */
export function pipelineView(
  stats: LogStats,
  { acceptRate, drainRate }: Rates,
  ingests: IntakeProcess[],
  silences: readonly SourceSilence[] = [],
) {
  const { at, lanes } = stats;
  const { accepted, applied } = totalsOf(stats);
  const lag = sum(lanes, ({ lagEvents }) => lagEvents);
  const oldest = lanes.flatMap(({ oldestUnappliedAt }) => oldestUnappliedAt ?? []);
  return {
    as_of: rfc3339(at),
    totals: {
      accepted,
      applied,
      lag_events: lag,
      oldest_unapplied_age_seconds: oldest.length === 0 ? 0 : Math.max(0, at - Math.min(...oldest)) / 1000,
      accept_rate: acceptRate,
      drain_rate: drainRate,
      drain_eta_seconds: drainSeconds(lag, acceptRate, drainRate),
      duplicates: sum(lanes, ({ duplicates }) => duplicates),
      late: sum(lanes, ({ late }) => late),
      quarantined: sum(lanes, ({ quarantined }) => quarantined),
      erased: sum(lanes, ({ erased }) => erased),
      parked_devices: sum(lanes, ({ parkedDevices }) => parkedDevices),
      parked_events: sum(lanes, ({ parkedEvents }) => parkedEvents),
      dead_letters: sum(lanes, ({ deadLetters }) => deadLetters),
      discarded: sum(lanes, ({ discarded }) => discarded),
      skipped: sum(lanes, ({ skipped }) => skipped),
      lag_bytes: sum(lanes, ({ lagBytes }) => lagBytes),
    },
    lanes: lanesAtWork(lanes).map((lane) => ({
      generation: lane.generation,
      lane: lane.lane,
      head: lane.head,
      offset: lane.offset,
      lag_events: lane.lagEvents,
      parked_events: lane.parkedEvents,
      dead_letters: lane.deadLetters,
      owner: lane.owner,
      epoch: lane.epoch,
      watermark: rfc3339(lane.watermark),
    })),
    writers: stats.members.map((member) => ({
      member: member.member,
      host: member.host,
      version: member.version,
      started_at: rfc3339(member.startedAt),
      lease_until: rfc3339(member.leaseUntil),
      lanes: member.lanes,
    })),
    ingests: ingests.map(({ process, service, path, accepting, beatAt }) => ({
      ...{ process, service, path, accepting },
      beat_at: rfc3339(beatAt),
    })),
    silences: silences.map(
      ({ kind, name, startedAt, endedAt, usualPerMinute, devices, intervalSeconds }) => ({
        ...{ kind, name, devices, since: rfc3339(startedAt), until: rfc3339(endedAt) },
        usual_per_minute: Math.round(usualPerMinute * 10) / 10,
        new_interval_seconds: intervalSeconds,
      }),
    ),
  };
}

/** The lanes of the newest generation, and of older ones as long as they are not applied to their end. */
export function lanesAtWork(lanes: readonly LaneStats[]): LaneStats[] {
  const atWork = new Set(lanes.filter(({ lagEvents }) => lagEvents > 0).map(({ generation }) => generation));
  atWork.add(Math.max(...lanes.map(({ generation }) => generation)));
  return lanes.filter(({ generation }) => atWork.has(generation));
}

/** Null when the backlog does not shrink. */
function drainSeconds(lag: number, acceptRate: number | null, drainRate: number | null): number | null {
  if (lag === 0) return 0;
  const shrinking = (drainRate ?? 0) - (acceptRate ?? 0);
  return shrinking > 0 ? lag / shrinking : null;
}

const sum = (lanes: readonly LaneStats[], of: (lane: LaneStats) => number): number =>
  lanes.reduce((total, lane) => total + of(lane), 0);
