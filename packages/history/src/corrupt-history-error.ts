/** Stored bytes of history cannot be read: written by a newer version, or damaged. */
export class CorruptHistoryError extends Error {
  override readonly name = 'CorruptHistoryError';
}
