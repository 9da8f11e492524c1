import { decodeText, refuse, type Refusal } from '@cpemon/contracts';
import type { BulkReports } from './bulk-report.js';
import { readCsvReports } from './csv/read-csv-reports.js';
import { readJsonReports } from './json/read-json-reports.js';

const EMPTY = refuse('not_bulk_data', 'The body is empty.');
const UNSUPPORTED = refuse('unsupported_media_type', 'The body must be application/json or text/csv.');

/** Types of bodies that are certainly something else. What a small agent sends by mistake is told by its bytes. */
const OTHER_TYPE =
  /^(?:text\/(?:xml|html)|application\/(?:soap\+xml|xml|pdf|zip)|multipart\/|image\/|audio\/|video\/)/i;

/**
 * Turns the plain body of a bulk data request into reports. Never throws.
 *
 * Senders are wrong in their headers more often than in their bodies, so the body decides what it is: JSON or CSV, and
 * which of the four forms of BBF-Report-Format. The Content-Type gives the charset.
 * @returns `invalid_json`, `too_deep`, `not_bulk_data`, `invalid_csv`, `too_many_parameters`, `unsupported_charset` or
 *   `unsupported_media_type`
 */
export function readBulkBody(body: Buffer, contentType: string | undefined): BulkReports | Refusal {
  if (contentType !== undefined && OTHER_TYPE.test(contentType.trim())) return UNSUPPORTED;
  const text = decodeText(body, contentType);
  if (typeof text !== 'string') return text;
  const first = firstCharacter(text);
  if (first === '') return EMPTY;
  if (first === '<') return UNSUPPORTED;
  return first === '{' || first === '[' ? readJsonReports(text) : readCsvReports(text);
}

const NOT_BLANK = /\S/;
const firstCharacter = (text: string): string => NOT_BLANK.exec(text)?.[0] ?? '';
