/**
 * A request that was not accepted.
 *   refused: 503 with Retry-After, and nothing of it was taken
 *   doubtful: no answer, or the 503 that says that the log did not confirm; its events may be in the log
 *   unexpected: any other answer
 */
export interface FailedRequest {
  /** Its number: it carried events n × batch to (n + 1) × batch − 1. */
  request: number;
  outcome: 'refused' | 'doubtful' | 'unexpected';
  /** What came back, for a message. */
  answer: string;
}

const UNCONFIRMED = /"code": *"log_unavailable"/;
const RETRY_AFTER = /\r\nretry-after: *\d+/i;

/** What an answer other than 202 means for the events of its request. @param head status line and headers */
export function judgeFailure(request: number, status: number, head: string, body: Buffer): FailedRequest {
  const text = body.toString('utf8', 0, 200);
  const retryAfter = RETRY_AFTER.test(`${head}\r\n`);
  const answer = `${status} ${retryAfter ? 'with' : 'without'} Retry-After: ${text}`;
  if (status !== 503 || !retryAfter) return { request, outcome: 'unexpected', answer };
  return { request, outcome: UNCONFIRMED.test(text) ? 'doubtful' : 'refused', answer };
}

/** The connection broke before the answer came. */
export const unansweredRequest = (request: number): FailedRequest => ({
  request,
  outcome: 'doubtful',
  answer: 'none',
});
