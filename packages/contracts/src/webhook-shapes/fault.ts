import type { ReportData } from '@cpemon/domain';
import { isObject } from './read-parameter-shapes.js';

export type Fault = NonNullable<ReportData['fault']>;

const CODE_NAMES = ['FaultCode', 'faultCode', 'fault_code', 'code', 'Code', 'name'];
const TEXT_NAMES = ['FaultString', 'faultString', 'fault_string', 'message', 'text', 'reason', 'description'];
const LONGEST_CODE = 64;
/** TR-069 Amendment 6, A.3.3.2: a FaultString has at most 256 characters. */
const LONGEST_TEXT = 256;
/** SOAP's own codes, which stand around that of CWMP. */
const SOAP_CODE = /(^|:)(client|server)$/i;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

/** `"9005"` of 9005, "cwmp.9005" (GenieACS), " 9005 "; other codes as they are. */
export function faultCodeOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  const code = String(value)
    .trim()
    .replace(/^cwmp\./i, '');
  return SOAP_CODE.test(code) ? '' : code.slice(0, LONGEST_CODE).replace(UNPRINTABLE, ' ');
}

export const faultTextOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim().slice(0, LONGEST_TEXT).replace(UNPRINTABLE, ' ') : '';

/**
 * A fault: a code, a text that is or is not one, `{code, message}`, or a SOAP fault with that of CWMP in its detail.
 * The innermost code and text say the most. Undefined when there is neither.
 */
export function faultOf(told: unknown): Fault | undefined {
  if (!isObject(told)) {
    const code = faultCodeOf(told);
    const known = /^[89]\d{3}$/.test(code);
    if (code === '' || code === '0') return undefined;
    return known ? { code, text: '' } : { code: '', text: faultTextOf(code) };
  }
  const inner = told['detail'] ?? told['Detail'] ?? told['Fault'] ?? told['cwmp:Fault'] ?? told['fault'];
  const innermost = isObject(inner) ? faultOf(inner) : undefined;
  const code = innermost?.code || firstOf(told, CODE_NAMES, faultCodeOf);
  const text = innermost?.text || firstOf(told, TEXT_NAMES, faultTextOf);
  return (code === '' || code === '0') && text === '' ? undefined : { code, text };
}

function firstOf(
  told: Record<string, unknown>,
  names: readonly string[],
  read: (value: unknown) => string,
): string {
  for (const name of names) {
    const text = read(told[name]);
    if (text !== '') return text;
  }
  return '';
}
