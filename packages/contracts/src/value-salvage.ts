import type { DropReason } from './drop-reasons.js';
import type { ReportField } from './report-fields.js';

/** A value that passed its check, or why it is dropped. */
export type Salvaged = { value: unknown } | { dropped: DropReason };

const DECIMAL = /^\s*[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?\s*$/;

/** Checks one value of a report that is not right as a whole. Numeric text becomes a number. */
export function salvageValue(field: ReportField, value: unknown): Salvaged {
  const numeric = field.to === 'metric' || field.to === 'interval';
  if (numeric && typeof value === 'string') {
    if (!DECIMAL.test(value)) return { dropped: 'not_a_number' };
    return checkValue(field, Number(value));
  }
  return checkValue(field, value);
}

function checkValue(field: ReportField, value: unknown): Salvaged {
  if (field.isRight(value)) return { value };
  return { dropped: reasonOf(field, value) };
}

function reasonOf(field: ReportField, value: unknown): DropReason {
  // JSON can hold numbers beyond what a double can: they are read as Infinity.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'out_of_range';
  switch (field.isRight.errors?.[0]?.keyword) {
    case 'minimum':
    case 'maximum':
      return 'out_of_range';
    case 'maxLength':
    case 'minLength':
    case 'maxItems':
      return 'too_long';
    case 'pattern':
      return 'bad_characters';
    case 'format':
      return 'not_an_address';
    default:
      return 'wrong_type';
  }
}
