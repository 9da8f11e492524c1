/** Nothing of the events was taken; the sender may try again after the given time. */
export class RefusedAppendError extends Error {
  override readonly name = 'RefusedAppendError';
  constructor(
    /** overloaded: too much waits in front of the log. backlog_full: in the log, or its disk is nearly full. */
    readonly code: 'overloaded' | 'backlog_full',
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(code === 'overloaded' ? 'More events wait for the log than may.' : 'The log is full.', options);
  }
}
