import { isDataError, isRetryable } from '@cpemon/database';
import type { ParkedEvent } from '../../event-log.js';
import { EventFailedError } from '../../event-failed-error.js';
import { StatementDeadlineError } from '../connection/deadline.js';
import { FenceError } from './offset-fence.js';
import { noTrouble, type OwnedLane } from './owned-lane.js';
import { retryDelayMs } from '../connection/retry-delay.js';

/**
 * What an error of a batch means.
 * fence: the lanes are not ours. moment: nobody's fault, the same batch is tried again.
 * event: the applier names an event that it cannot apply. data: some row is not taken, and will not be.
 * ours: a missing right, column or table, a bug: not to be blamed on an event.
 */
export type FailureKind = 'fence' | 'moment' | 'event' | 'data' | 'ours';

export function failureKind(error: unknown): FailureKind {
  if (error instanceof FenceError) return 'fence';
  if (error instanceof StatementDeadlineError || isRetryable(error)) return 'moment';
  if (error instanceof EventFailedError) return 'event';
  if (error instanceof MostDevicesFailError || error instanceof ParkingFullError) return 'ours';
  return isDataError(error) ? 'data' : 'ours';
}

/** So many of the devices fail that it cannot be their events: the lane waits for us. */
export class MostDevicesFailError extends Error {
  override readonly name = 'MostDevicesFailError';
}

/** More events are parked than may be: the lanes that would park wait. */
export class ParkingFullError extends Error {
  override readonly name = 'ParkingFullError';
}

const ENOUGH_DEVICES = 20;
const BLAMELESS_SHARE = 0.2;

/**
 * Counts the devices that a batch applies and refuses, from the first trouble of the lane until it is over.
 * @throws MostDevicesFailError when more than a fifth of at least twenty are refused
 */
export function weighRefusals(lane: OwnedLane, devicesApplied: number, parked: readonly ParkedEvent[]): void {
  const refused = parked.filter(({ refusal }) => refusal !== undefined && refusal.reason !== 'unknown_type');
  const { trouble } = lane;
  if (refused.length === 0 && trouble.since === undefined) return;
  const tried = trouble.devicesTried + devicesApplied + refused.length;
  const failed = trouble.devicesRefused + refused.length;
  if (tried >= ENOUGH_DEVICES && failed > tried * BLAMELESS_SHARE) {
    throw new MostDevicesFailError(
      `${failed} of ${tried} devices of lane ${lane.lane} fail: ${refused[0]?.refusal?.cause ?? 'see above'}`,
    );
  }
  if (trouble.since === undefined) return;
  trouble.devicesTried = tried;
  trouble.devicesRefused = failed;
}

/**
 * Takes note of a failure of a batch that held events of this lane alone, so that the next one comes closer to the
 * event to blame: the batch is halved until one event is left, and that is refused.
 * @param events how many the batch held
 * @param committedSince whether another batch of this process was committed since this lane's trouble began
 */
export function noteFailure(
  lane: OwnedLane,
  kind: FailureKind,
  error: unknown,
  batch: { firstSequence: number; events: number },
  committedSince: boolean,
): void {
  const { trouble } = lane;
  const now = performance.now();
  trouble.since ??= now;
  if (kind === 'event') {
    const { sequence, message } = error as EventFailedError;
    trouble.refusals.set(sequence, { reason: 'refused', cause: message });
    return;
  }
  if (kind === 'data' || (kind === 'ours' && committedSince && !isOverall(error))) {
    if (batch.events === 1 && !trouble.refusals.has(batch.firstSequence)) {
      trouble.refusals.set(batch.firstSequence, { reason: 'data_error', cause: causeOf(error) });
      return;
    }
    if (batch.events > 1) {
      trouble.cut = Math.max(1, Math.floor(batch.events / 2));
      return;
    }
  }
  // Nothing that can be left out helps: everything is tried again, later.
  lane.trouble = { ...noTrouble(), since: trouble.since };
  lane.failures += 1;
  lane.retryAt = now + retryDelayMs(lane.failures);
}

const isOverall = (error: unknown): boolean =>
  error instanceof MostDevicesFailError || error instanceof ParkingFullError;

/** A batch of the lane was committed: it may take larger steps again. True when the trouble is over. */
export function noteSuccess(lane: OwnedLane, largest: number): boolean {
  const { trouble } = lane;
  lane.failures = 0;
  for (const sequence of trouble.refusals.keys()) {
    if (sequence <= lane.offset) trouble.refusals.delete(sequence);
  }
  if (trouble.cut !== undefined) {
    trouble.cut *= 2;
    if (trouble.cut >= largest) trouble.cut = undefined;
  }
  if (trouble.cut !== undefined || trouble.refusals.size > 0) return false;
  lane.trouble = noTrouble();
  return true;
}

export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
