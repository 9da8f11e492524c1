/** Why an attempt brought no answer. `sent` false: the request cannot have reached the target. */
export const NO_ANSWER_REASONS = {
  connection_refused: { sent: false },
  connect_timeout: { sent: false },
  unreachable: { sent: false },
  forbidden_address: { sent: false },
  tls_failed: { sent: false },
  reset: { sent: true },
  timeout: { sent: true },
  answer_too_large: { sent: true },
  broken_answer: { sent: true },
  not_our_answer: { sent: true },
} as const;
export type NoAnswerReason = keyof typeof NO_ANSWER_REASONS;

/** What became of one attempt. */
export type Outcome =
  | {
      kind: 'accepted';
      /** Indexes of a batch that were refused, with the reason the target gave. */
      rejected: { index: number; reason: string }[];
    }
  | { kind: 'refused'; status: number; retryAfterMs: number }
  | { kind: 'unanswered'; reason: NoAnswerReason };

/**
 * Whether the sender tries again. Request Timeout, Too Many Requests and every 5xx are the target's trouble and pass;
 * other 4xx and redirects would be the same the next time.
 */
export function isRetried(outcome: Exclude<Outcome, { kind: 'accepted' }>): boolean {
  if (outcome.kind === 'unanswered') return true;
  return outcome.status >= 500 || outcome.status === 429 || outcome.status === 408;
}

/**
 * Whether the events may have been stored all the same: no answer to something that was sent, or an error answer
 * other than 503, which says that nothing was taken.
 */
export function leavesDoubt(outcome: Exclude<Outcome, { kind: 'accepted' }>): boolean {
  if (outcome.kind === 'unanswered') return NO_ANSWER_REASONS[outcome.reason].sent;
  if (isCwmpFault(outcome.status)) return false;
  return outcome.status >= 500 && outcome.status !== 503;
}

/** An ACS refused the message itself. TR-069 Amendment 6, A.5.2. */
const isCwmpFault = (status: number): boolean => status >= 8000;
