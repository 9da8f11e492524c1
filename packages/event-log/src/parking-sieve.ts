import type { LaneBatch, LoggedEvent, ParkedEvent, Refusal } from './event-log.js';

/**
 * Keeps back the events of a batch that must wait: those of devices that are parked, and from the first refusal of a
 * device on all that follow it. Appliers ask it before each event, in order.
 */
export interface ParkingSieve {
  /** Whether the event may be applied. When not it is kept back, and is no more than a sign of life. */
  lets(logged: LoggedEvent): boolean;
  /** The event was not applied and changed nothing. */
  refuse(logged: LoggedEvent, refusal: Refusal): void;
  /** What was kept back or refused, in order. */
  parked: ParkedEvent[];
}

export function createParkingSieve(batch: LaneBatch): ParkingSieve {
  const { generation, lane } = batch;
  const parked: ParkedEvent[] = [];
  let refusedSubjects: Set<string> | undefined;
  return {
    parked,
    lets(logged) {
      if (batch.elsewhere?.has(logged.sequence) === true) return false;
      const { subject } = logged.event;
      if (batch.parked.has(subject) || refusedSubjects?.has(subject) === true) {
        parked.push({ generation, lane, logged });
        return false;
      }
      const refusal = batch.refusals.get(logged.sequence);
      if (refusal === undefined) return true;
      this.refuse(logged, refusal);
      return false;
    },
    refuse(logged, refusal) {
      // A replay parks nothing, so nothing has to wait behind what fails in it.
      if (batch.mode !== 'replay') (refusedSubjects ??= new Set()).add(logged.event.subject);
      parked.push({ generation, lane, logged, refusal });
    },
  };
}
