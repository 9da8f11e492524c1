import type { Refusal, ReadBody, RejectedElement, RequestContext } from '@cpemon/contracts';

/** A body for the thread to read. Its bytes are handed over, not copied. */
export interface ReadingTask {
  id: number;
  body: Uint8Array;
  /** But for `randomId`, which the thread has its own of: functions do not cross. */
  request: Omit<RequestContext, 'randomId'>;
  /** Number of lanes to encode for. */
  lanes: number;
}

/** Events of one lane in the bytes of a result. */
export interface LanePart {
  lane: number;
  eventCount: number;
  start: number;
  length: number;
}

export type ReadingResult =
  | ({ id: number; bytes: Uint8Array; parts: LanePart[]; eventCount: number } & Omit<ReadBody, 'events'>)
  /** With the body, which the thread gives back. */
  | { id: number; refusal: Refusal & { rejected?: RejectedElement[] }; body: Uint8Array };

/** What the thread is told when it starts. */
export interface ReadingThreadData {
  testEvents: 'taken' | 'refused';
}
