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
  // Not well-formed; or a document type, entity or processing instruction, which no CPE needs and attackers do.
  invalid_xml: 400,
  forbidden_xml: 400,
  not_soap: 400,
  not_cwmp: 400,
  // An envelope that is right and means nothing on this path: a response without a session, a method of an ACS.
  unexpected_message: 400,
  // Bulk data that is neither JSON with a `Report` nor CSV with a header line.
  not_bulk_data: 400,
  invalid_csv: 400,
  // Of a CloudEvent: a required attribute is not there, or one is not what it may be.
  missing_attribute: 400,
  invalid_attribute: 400,
  unsupported_specversion: 400,
  // A type that is not taken here, or a major version of one.
  unknown_type: 400,
  // `subject` and the serial number in the data are of two devices.
  subject_mismatch: 400,
  // Bytes that are not what Content-Encoding says and not plain either.
  invalid_encoding: 400,
  invalid_session: 400,
  all_events_refused: 400,
  missing_token: 401,
  invalid_token: 401,
  invalid_signature: 401,
  // `webhook-timestamp` is too far from our clock.
  invalid_timestamp: 401,
  missing_credentials: 401,
  invalid_credentials: 401,
  stale_nonce: 401,
  test_events_off: 403,
  sender_not_allowed: 403,
  // The user name is another device's than the DeviceId.
  identity_mismatch: 403,
  body_too_large: 413,
  event_too_large: 413,
  too_many_events: 413,
  too_many_parameters: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  unsupported_charset: 415,
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
