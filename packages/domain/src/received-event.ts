import type { CpeEvent } from './event.js';

/** An event as the log hands it out. `receivedAt` is the database's time, epoch ms, and never falls in a lane. */
export interface ReceivedEvent {
  sequence: number;
  receivedAt: number;
  event: CpeEvent;
  /**
   * For an event applied out of its time (it was parked, or a dead letter): the time up to which its lane is applied
   * and its device judged. It is judged at that time, not at its own.
   */
  judgedAt?: number;
}
