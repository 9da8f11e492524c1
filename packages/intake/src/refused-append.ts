const SENTENCES = {
  overloaded: 'More events wait for the log than may.',
  backlog_full: 'The log is full.',
  not_replicated: 'No replica of the database confirms what is stored.',
};

/** Nothing of the events was taken; the sender may try again after the given time. */
export class RefusedAppendError extends Error {
  override readonly name = 'RefusedAppendError';
  constructor(
    /**
     * overloaded: too much waits in front of the log. backlog_full: in the log, or its disk is nearly full.
     * not_replicated: a commit would be on one server only.
     */
    readonly code: keyof typeof SENTENCES,
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super(SENTENCES[code], options);
  }
}
