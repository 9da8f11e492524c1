import { readSerialNumber, type ReportData } from '@cpemon/domain';
import { WRAPPER_LEVELS } from '../body-limits.js';
import { countDrop, type DropCounts } from '../drop-reasons.js';
import { eventCodeOf } from '../event-codes.js';
import { readDeviceId, serialNumberOfMac } from './device-id.js';
import { addEventCodes, addEventText, type EventWords } from './event-words.js';
import { faultCodeOf, faultOf, faultTextOf, type Fault } from './fault.js';
import { isDataModelRoot, isParameterPath, meaningOf, type FieldMeaning } from './field-names.js';
import { occurrenceOf } from './occurrence.js';
import { createParameterList, type ParameterList } from './parameter-list.js';
import { addParameters, addTree, isObject, toldValueOf } from './read-parameter-shapes.js';

/** An event of any shape in our own: what the flat form can say, and what it cannot. */
export interface TranslatedEvent {
  /** Fields of the plain flat form; names that are none of ours become extra. */
  report: Record<string, unknown>;
  /** Parts of the event's data beside those. */
  data: Pick<
    ReportData,
    'occurrence' | 'event_codes' | 'command_keys' | 'retry_count' | 'fault' | 'parameters'
  >;
}

type JsonObject = Record<string, unknown>;

/** What is gathered from an event's objects on the way. */
interface Gathered {
  report: JsonObject;
  /** By rank. */
  times: unknown[];
  deviceIds: string[];
  otherIds: string[];
  mac?: string;
  words: EventWords;
  fault?: Fault;
  faultCode: string;
  faultText: string;
  retryCount?: number;
  commandKey: string;
  parameters: ParameterList;
  /** Objects still to be looked into, nearest first. */
  waiting: { object: JsonObject; prefix: string; level: number }[];
  drops: DropCounts;
}

/**
 * Whether a field, which the plain flat form does not know, says that an element has another shape. Unknown scalars
 * and objects are no such sign.
 */
export function isOtherShape(name: string, value: unknown): boolean {
  if (value === null) return false;
  if (typeof value !== 'object') return isParameterPath(name) || meaningOf(name) !== undefined;
  if (isDataModelRoot(name) || isParameterPath(name)) return true;
  const meaning = meaningOf(name);
  return meaning !== undefined && meaning.to !== 'time' && meaning.to !== 'mac';
}

/**
 * Reads an event of an ACS in whatever shape: other spellings, wrappers, documents of GenieACS, lists of parameters.
 * @param nowMs to judge the times at which parameters were read
 * @param drops counted up by what was left out
 */
export function translateShape(element: JsonObject, nowMs: number, drops: DropCounts): TranslatedEvent {
  const gathered: Gathered = {
    ...{ report: {}, times: [], deviceIds: [], otherIds: [], faultCode: '', faultText: '', commandKey: '' },
    words: { codes: [], commandKeys: [] },
    parameters: createParameterList(nowMs, drops),
    waiting: [{ object: element, prefix: '', level: 0 }],
    drops,
  };
  for (let next = gathered.waiting.shift(); next !== undefined; next = gathered.waiting.shift()) {
    const { object, prefix, level } = next;
    for (const name of Object.keys(object)) take(gathered, name, object[name], prefix, level);
  }
  nameDevice(gathered);
  nameTime(gathered);
  return { report: gathered.report, data: dataOf(gathered) };
}

function take(gathered: Gathered, name: string, value: unknown, prefix: string, level: number): void {
  if (value === null || value === undefined) return;
  const { parameters, drops } = gathered;
  if (isParameterPath(name)) {
    const told = isObject(value) ? toldValueOf(value) : { value };
    if (told !== undefined) parameters.add(name, told);
    else addTree(parameters, name, value as JsonObject);
    return;
  }
  if (isObject(value) && isDataModelRoot(name)) return addTree(parameters, name, value);
  const meaning = meaningOf(name);
  const told = isObject(value) ? toldValueOf(value) : undefined;
  if (told !== undefined && meaning?.to !== 'fault') {
    const scalar = told.value;
    if (typeof scalar !== 'object') takeScalar(gathered, name, scalar, meaning, prefix);
    return;
  }
  if (typeof value !== 'object') return takeScalar(gathered, name, value, meaning, prefix);
  if (takeObject(gathered, name, value, meaning, prefix, level)) return;
  countDrop(drops, 'nested');
}

/** @returns false for an object that means nothing here */
function takeObject(
  gathered: Gathered,
  name: string,
  value: object,
  meaning: FieldMeaning | undefined,
  prefix: string,
  level: number,
): boolean {
  const lookInto = (within = prefix): boolean => {
    if (!isObject(value) || level >= WRAPPER_LEVELS) return false;
    gathered.waiting.push({ object: value, prefix: within, level: level + 1 });
    return true;
  };
  switch (meaning?.to) {
    case 'parameters':
      addParameters(gathered.parameters, value, (each, told) =>
        take(gathered, each, told, prefix, level + 1),
      );
      return true;
    case 'event':
    case 'event codes':
      return addEventCodes(gathered.words, value) || lookInto();
    case 'field':
      // `event` and `event_codes` are fields of the flat form too.
      return (
        (meaning.name === 'event' || meaning.name === 'event_codes') &&
        (addEventCodes(gathered.words, value) || lookInto())
      );
    case 'fault': {
      const fault = faultOf(value);
      if (fault !== undefined) gathered.fault ??= fault;
      return fault !== undefined;
    }
    case 'tags':
      return takeTags(gathered, value);
    case 'wrapper':
      return lookInto(meaning.named === true ? `${prefix}${name}.` : prefix);
    case 'device id':
    case 'some id':
      return lookInto();
    default:
      // The resource of a TM Forum event goes by the name of its kind: the one object in "event".
      return prefix === '' && level > 0 && lookInto(`${name}.`);
  }
}

function takeTags(gathered: Gathered, value: object): boolean {
  const tags = Array.isArray(value)
    ? (value as unknown[]).filter((tag) => typeof tag === 'string')
    : Object.keys(value).filter((tag) => (value as JsonObject)[tag] === true);
  gathered.report['tags'] ??= tags.join(',');
  return true;
}

function takeScalar(
  gathered: Gathered,
  name: string,
  value: unknown,
  meaning: FieldMeaning | undefined,
  prefix: string,
): void {
  const { report, words } = gathered;
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  switch (meaning?.to) {
    case 'field':
      if (meaning.name === 'event' || meaning.name === 'event_codes') return addEventText(words, text);
      if (fits(meaning.name, value) && report[meaning.name] === undefined) {
        report[meaning.name] = value;
        return;
      }
      break;
    case 'time':
      gathered.times[meaning.rank] ??= value;
      return;
    case 'device id':
      gathered.deviceIds.push(text);
      return;
    case 'some id':
      gathered.otherIds.push(text);
      break;
    case 'mac':
      gathered.mac ??= text;
      break;
    case 'event':
      return addEventText(words, text);
    case 'event codes':
      addEventCodes(words, value);
      return;
    case 'kind of event':
      addOccurrence(words, text);
      if (text.split(',').some((part) => eventCodeOf(part) !== undefined)) addEventText(words, text);
      break;
    case 'fault': {
      const fault = faultOf(value);
      if (fault !== undefined) gathered.fault ??= fault;
      return;
    }
    case 'fault code':
      gathered.faultCode ||= faultCodeOf(value);
      return;
    case 'fault text':
      gathered.faultText ||= faultTextOf(value);
      return;
    case 'retry count':
      if (/^\d{1,9}$/.test(text)) gathered.retryCount ??= Number(text);
      return;
    case 'command key':
      gathered.commandKey ||= text;
      return;
    default:
  }
  const kept = prefix + name;
  if (!Object.hasOwn(report, kept)) define(report, kept, value);
}

function addOccurrence(words: EventWords, text: string): void {
  const occurrence = occurrenceOf(text);
  if (occurrence !== undefined) words.occurrence ??= occurrence;
}

/** A name from outside may be `__proto__`: it becomes a field like any other, which the extra fields then refuse. */
function define(report: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(report, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Names such as "uptime" also stand over texts ("3 days"): those stay what they are. */
const NUMERIC_FIELDS = new Set(['uptime_seconds', 'interval_seconds', 'cpu_pct', 'mem_pct']);
const NUMERIC = /^\s*[+-]?[\d.]/;
const fits = (field: string, value: unknown): boolean =>
  !NUMERIC_FIELDS.has(field) ||
  typeof value === 'number' ||
  (typeof value === 'string' && NUMERIC.test(value));

/** The serial number under its own name, else out of an id of the device, else the MAC. */
function nameDevice({ report, deviceIds, otherIds, mac }: Gathered): void {
  const named = deviceIds.map(readDeviceId).find((each) => each !== undefined);
  const other = otherIds.map(readDeviceId).find((each) => each !== undefined);
  const device = named ?? (report['sn'] === undefined && deviceIds.length === 0 ? other : undefined);
  if (device !== undefined) {
    report['sn'] ??= device.serialNumber;
    report['oui'] ??= device.oui;
    if (device.productClass !== undefined) report['product_class'] ??= device.productClass;
  }
  if (isGiven(report['sn'])) return;
  const plain = deviceIds.find((id) => id.trim() !== '');
  report['sn'] = plain ?? (mac === undefined ? undefined : serialNumberOfMac(mac));
}

const isGiven = (serial: unknown): boolean => readSerialNumber(serial).refused !== 'missing_sn';

/** Up to three times, the best first, under the names that the flat form looks for. */
function nameTime({ report, times, parameters }: Gathered): void {
  const told = times.filter((time) => time !== undefined && time !== '');
  const [first = parameters.newestAt(), second, third] = told;
  report['event_ts'] = first;
  report['ts'] = second;
  report['last_seen'] = third;
}

function dataOf(gathered: Gathered): TranslatedEvent['data'] {
  const { words, report, retryCount, commandKey, faultCode, faultText } = gathered;
  const data: TranslatedEvent['data'] = {};
  const parameters = gathered.parameters.kept();
  const fault = gathered.fault ?? faultBeside(report, words, faultCode, faultText);
  if (words.codes.length > 0) {
    data.event_codes = words.codes;
    const keys = words.commandKeys;
    if (keys.some((key) => key !== '')) data.command_keys = keys;
    else if (commandKey !== '' && words.codes.length === 1) data.command_keys = [commandKey];
  }
  const occurrence =
    words.occurrence ?? (words.codes.length > 0 ? 'inform' : fault === undefined ? undefined : 'fault');
  if (occurrence !== undefined) data.occurrence = occurrence;
  else if (parameters !== undefined) data.occurrence = 'values';
  if (retryCount !== undefined && retryCount > 0) data.retry_count = retryCount;
  if (fault !== undefined) data.fault = fault;
  if (parameters !== undefined) data.parameters = parameters;
  return data;
}

/** A fault whose code and text stand beside the rest: `{fault_code, fault_string}`, or GenieACS's `{channel, code, message}`. */
function faultBeside(report: JsonObject, words: EventWords, code: string, text: string): Fault | undefined {
  if (code !== '' || text !== '') return code === '0' ? undefined : { code, text };
  if (words.occurrence !== 'fault' && !('channel' in report && 'code' in report)) return undefined;
  return faultOf({ code: report['code'], message: report['message'] ?? report['reason'] ?? report['text'] });
}
