/** An applier met an event that it cannot apply, and has to be opened anew: the event will be refused next time. */
export class EventFailedError extends Error {
  override readonly name = 'EventFailedError';

  constructor(
    readonly lane: number,
    readonly sequence: number,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
