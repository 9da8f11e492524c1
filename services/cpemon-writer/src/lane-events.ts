import { EventFailedError, type LaneBatch, type LoggedEvent } from '@cpemon/event-log';
import {
  COMMAND_EVENT_TYPE,
  ERASE_EVENT_TYPE,
  EventRefusedError,
  applyEvent,
  applySignOfLife,
  identityOf,
  inKnownVersion,
  matchIdentity,
  refuseUnlessApplicable,
  type EventVersions,
  type JudgementRules,
  type MergeMode,
} from '@cpemon/domain';
import type { BatchSlice } from './batch-slices.js';
import { newerThanStored, thinnedOfChatty } from './batch-samples.js';
import type { CachedDevice } from './cached-device.js';
import type { Coverage } from './coverage/coverage.js';
import { eraseFromBatch } from './erase-from-batch.js';
import type { ErasureGate } from './erasure-gate.js';
import { lastHeard } from './heard-counts.js';
import { deviceOfEvent } from './lane-memory.js';
import { noteFindings, noteRenamed } from './namesakes.js';
import type { PreparedLane } from './prepared-lane.js';
import { noteCommand } from './regroup-fleet.js';

export interface LaneEventsOptions {
  versions: EventVersions;
  erasureGate: ErasureGate;
  /** What becomes of a box that comes with another product class; absent: a device of its own. */
  merge?: MergeMode;
  coverage?: Pick<Coverage, 'note'>;
}

export interface LaneEvents {
  /**
   * Applies events of a lane in their order to the devices with their serial numbers.
   * @throws EventFailedError for an event that no rule refuses and that cannot be applied
   */
  apply(
    lane: PreparedLane,
    events: BatchSlice[number]['events'],
    devices: readonly CachedDevice[][],
    rules: JudgementRules,
  ): void;
}

/** Dead letters met again are counted as such, and an erasure that failed is parked like any other event. */
const isPassed = ({ elsewhere, refusals }: LaneBatch, { sequence }: LoggedEvent): boolean =>
  elsewhere?.has(sequence) === true || refusals.has(sequence);

export function createLaneEvents(options: LaneEventsOptions): LaneEvents {
  const { versions, erasureGate } = options;

  const asKnown = (lane: number, sent: LoggedEvent): LoggedEvent => {
    try {
      return inKnownVersion(sent, versions);
    } catch (error) {
      throw new EventFailedError(lane, sent.sequence, error);
    }
  };

  const applyEvents = (
    prepared: PreparedLane,
    events: BatchSlice[number]['events'],
    devices: readonly CachedDevice[][],
    rules: JudgementRules,
  ): void => {
    const { batch, sieve, counts, changed, identified, transitions, timeline } = prepared;
    const attempt = { ...rules, attemptAt: batch.attemptAt };
    const { gate, memory, traces, causes } = prepared;
    let admitted: LoggedEvent;
    const admits = gate === undefined ? undefined : () => gate.admits(batch, memory, admitted);
    for (const [index, sent] of events.entries()) {
      const logged = asKnown(counts.lane, sent);
      admitted = logged;
      const followed = traces?.follow(batch, sent);
      try {
        if (erasureGate.covers(memory, sent) && !isPassed(batch, sent)) {
          counts.erased = (counts.erased ?? 0) + 1;
          continue;
        }
        // What waits of the device goes with it, so this does not wait behind it.
        if (sent.event.type === ERASE_EVENT_TYPE && !isPassed(batch, sent)) {
          const tombstone = erasureGate.bury(memory, batch, sent, devices[index]!);
          if (tombstone !== undefined) eraseFromBatch(prepared, devices[index]!, sent, tombstone);
          continue;
        }
        if (!sieve.lets(sent)) {
          if (batch.mode === 'live') noteSignOfLife(prepared, logged, devices[index]!, rules);
          continue;
        }
        refuseUnlessApplicable(logged, attempt);
        const known = devices[index]!;
        if (logged.event.type === COMMAND_EVENT_TYPE) {
          noteCommand(prepared.commanded, batch.lane, known, logged.event);
          continue;
        }
        const before = known.length;
        const device = deviceOfEvent(known, logged.event, logged.receivedAt, {
          ...{ identified, admits },
          renamed:
            options.merge === 'certain' ? (box, from) => noteRenamed(prepared, box, from, logged) : undefined,
        });
        if (device === undefined) {
          counts.quarantined = (counts.quarantined ?? 0) + 1;
          continue;
        }
        const received = batch.mode === 'live' ? logged : { ...logged, judgedAt: batch.watermark };
        const newer = prepared.samples && newerThanStored(device.record, logged);
        const kept = prepared.samples && thinnedOfChatty(device.record, logged);
        const heardBefore = lastHeard(device.record, logged.event.source);
        const transitionsBefore = transitions.length;
        const entriesBefore = timeline.length;
        const outcome = applyEvent(device.record, received, attempt, transitions, timeline);
        if (followed !== undefined) {
          followed.attributes['cpemon.outcome'] = outcome;
          for (const one of transitions.slice(transitionsBefore)) causes.set(one, followed.traceparent);
          for (const one of timeline.slice(entriesBefore)) causes.set(one, followed.traceparent);
        }
        if (batch.mode === 'live') prepared.heard.note(device.record, device.model, logged, heardBefore);
        if (newer && outcome !== 'duplicate') prepared.samples?.add(device.record, logged, newer, kept);
        if (outcome !== 'duplicate') options.coverage?.note(device, logged.event, logged.receivedAt);
        if (outcome === 'duplicate') counts.duplicates += 1;
        else if (outcome === 'late') counts.late += 1;
        changed.add(device);
        if (known.length > 1 || known.length > before) {
          const told = { isNew: known.length > before, at: logged.receivedAt };
          noteFindings(prepared.findings, prepared.memory.conflicts, device, known, told);
        }
      } catch (error) {
        if (!(error instanceof EventRefusedError))
          throw new EventFailedError(counts.lane, logged.sequence, error);
        sieve.refuse(sent, { reason: error.reason, cause: error.message });
        traces?.refused(batch, sent, error.reason, followed);
        if (batch.mode === 'live') noteSignOfLife(prepared, logged, devices[index]!, rules);
      }
    }
  };

  /** Of a device that nobody knows yet nothing is kept: it begins with its first event that is applied. */
  const noteSignOfLife = (
    { changed, transitions, timeline }: PreparedLane,
    logged: LoggedEvent,
    known: readonly CachedDevice[],
    rules: JudgementRules,
  ): void => {
    if (logged.event.type === COMMAND_EVENT_TYPE || logged.event.type === ERASE_EVENT_TYPE) return;
    const record = matchIdentity(
      known.map((device) => device.record),
      identityOf(logged.event),
    );
    const device = known.find((candidate) => candidate.record === record);
    if (device === undefined) return;
    applySignOfLife(device.record, logged, rules, transitions, timeline);
    changed.add(device);
  };

  return { apply: applyEvents };
}
