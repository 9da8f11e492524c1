/**
 * Why a body, or one event of it, is refused, with the HTTP status of the answer. The codes are a contract: senders
 * act on them, dashboards count by them.
 */
export const REFUSAL_STATUS = {
  invalid_json: 400,
  invalid_utf8: 400,
  too_deep: 400,
  missing_sn: 400,
  invalid_sn: 400,
  invalid_test_event: 400,
  all_events_refused: 400,
  missing_token: 401,
  invalid_token: 401,
  invalid_signature: 401,
  test_events_off: 403,
  body_too_large: 413,
  event_too_large: 413,
  too_many_events: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
} as const;

export type RefusalCode = keyof typeof REFUSAL_STATUS;
export const REFUSAL_CODES = Object.keys(REFUSAL_STATUS) as RefusalCode[];

export interface Refusal {
  code: RefusalCode;
  /** A sentence for the person who looks after the sender. */
  detail: string;
}

export const refuse = (code: RefusalCode, detail: string): Refusal => ({ code, detail });

/** A body or element that was refused; told from what was read by its `code`. */
export const isRefusal = (result: object): result is Refusal => 'code' in result;
