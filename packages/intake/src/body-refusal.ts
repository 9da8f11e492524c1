import type { ServerResponse } from 'node:http';
import { refuse, type Refusal, type RejectedElement } from '@cpemon/contracts';
import { sendRefusal } from './answers.js';
import type { PathMetrics } from './intake-metrics.js';

/** A body that is refused as a whole; `rejected` says why each of its elements is, where it could be taken apart. */
export type BodyRefusal = Refusal & { rejected?: RejectedElement[] };

export const tooLarge = (limitBytes: number): Refusal =>
  refuse('body_too_large', `The body may have ${limitBytes} bytes.`);

/** Counts a refused body and answers it. */
export function refuseBody(
  response: ServerResponse,
  metrics: PathMetrics,
  refusal: BodyRefusal,
  correlationId: string,
): void {
  const { rejected } = refusal;
  metrics.ended(refusal.code);
  if (rejected === undefined) metrics.refused(refusal.code);
  else countRejected(metrics, rejected);
  sendRefusal(
    response,
    refusal,
    correlationId,
    rejected === undefined ? undefined : { accepted: 0, rejected },
  );
}

export function countRejected(metrics: PathMetrics, rejected: readonly RejectedElement[]): void {
  for (const { reason } of rejected) metrics.refused(reason);
}
