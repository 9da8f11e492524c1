import { refuse, type Refusal } from '@cpemon/contracts';
import { readOui, readSerialNumber } from '@cpemon/domain';
import { readEndpointId } from './endpoint-id.js';

/** Who sent a bulk report, by the address it was sent to. */
export interface BulkSender {
  serialNumber: string;
  /** Upper case; '' where the address does not name it. */
  oui: string;
  productClass: string;
  /** The profile's name, where it was given to the address. */
  profile?: string;
  /** ReportingInterval of the profile, seconds, where it was given to the address. */
  intervalSeconds?: number;
}

const MISSING = refuse(
  'missing_sn',
  'The address names no device: ?oui=&pc=&sn= or ?eid= (TR-181, HTTP bulk data).',
);
const INVALID = refuse('invalid_sn', '"sn" is 1 to 64 printable ASCII characters.');

/** More parameters than any profile has; the rest is not looked at. */
const MOST_PARAMETERS = 64;
const LONGEST_VALUE = 256;
const LONGEST_PRODUCT_CLASS = 64;
const LONGEST_INTERVAL_SECONDS = 31 * 86_400;
/** What operators call the RequestURIParameter that refers to the profile's Alias or name; in this order. */
const PROFILE_NAMES = ['profile', 'profile_name', 'profilename', 'profile_alias', 'alias'];
const INTERVAL_NAMES = ['interval', 'reporting_interval', 'reportinginterval'];

/**
 * Reads the query of a bulk data request: `oui`, `pc`, `sn` of a CWMP agent, `eid` of a USP agent, then one parameter for
 * each RequestURIParameter. Agents send some twice: the first that says something counts.
 * @param address path and query, as in the request line
 */
export function readBulkSender(address: string): BulkSender | Refusal {
  const given = parametersOf(address);
  const endpoint = readEndpointId(given.get('eid') ?? '');
  const serial = readSerialNumber(given.get('sn') ?? given.get('serial') ?? endpoint?.serialNumber);
  if (serial.refused !== undefined) return serial.refused === 'missing_sn' ? MISSING : INVALID;
  const sender: BulkSender = {
    serialNumber: serial.serialNumber,
    oui: readOui(given.get('oui') ?? endpoint?.oui ?? ''),
    productClass: clean(given.get('pc') ?? endpoint?.productClass ?? '', LONGEST_PRODUCT_CLASS),
  };
  const profile = clean(firstOf(given, PROFILE_NAMES) ?? '', LONGEST_VALUE);
  if (profile !== '') sender.profile = profile;
  const interval = readInterval(firstOf(given, INTERVAL_NAMES));
  if (interval !== undefined) sender.intervalSeconds = interval;
  return sender;
}

/** A ReportingInterval, seconds; undefined for what is none. */
export function readInterval(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,10}\s*$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds >= 1 && seconds <= LONGEST_INTERVAL_SECONDS ? seconds : undefined;
}

function firstOf(given: ReadonlyMap<string, string>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = given.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** By name in lower case; values percent-decoded. A plus sign is itself: agents encode by RFC 3986, not as a form. */
function parametersOf(address: string): Map<string, string> {
  const given = new Map<string, string>();
  const at = address.indexOf('?');
  if (at === -1) return given;
  for (const part of address.slice(at + 1).split('&', MOST_PARAMETERS)) {
    const equals = part.indexOf('=');
    if (equals < 1) continue;
    const name = decoded(part.slice(0, equals)).toLowerCase();
    const value = decoded(part.slice(equals + 1, equals + 1 + 3 * LONGEST_VALUE));
    if (value.trim() !== '' && !given.has(name)) given.set(name, value);
  }
  return given;
}

/** Text whose percent signs are no encoding stands for itself. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const UNPRINTABLES = /[\p{Cc}\p{Cs}]+/gu;

const clean = (text: string, characters: number): string =>
  text.replace(UNPRINTABLES, ' ').trim().slice(0, characters).replace(UNPRINTABLES, '').trimEnd();
