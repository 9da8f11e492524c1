/** A question that cannot be answered as it was asked; it becomes a problem of RFC 9457. */
export class RequestProblem extends Error {
  override readonly name = 'RequestProblem';

  /** @param code stable, from a closed set */
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly more: { extra?: Record<string, unknown>; retryAfterSeconds?: number } = {},
  ) {
    super(detail);
  }
}

export const unknownDevice = (): RequestProblem =>
  new RequestProblem(404, 'unknown_device', 'No device with this key or serial number has reported.');
