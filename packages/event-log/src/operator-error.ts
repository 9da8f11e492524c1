/**
 * An operator's wish that the log refuses. `code` is stable, as callers act on it: unknown_group, unknown_dead_letter,
 * not_dead, invalid_position, …; the message is a sentence for the person who asked.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';

  /** @param status of an HTTP answer: 404 what was named is not there, 400 it makes no sense, 409 not as things are */
  constructor(
    readonly status: 400 | 404 | 409,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
