import { unknownName } from '../nearest-name.js';

/** How a model is connected; decides which signals it has. */
export const ACCESSES = ['fibre', 'dsl', 'cable', 'lte', 'ethernet'] as const;
export type Access = (typeof ACCESSES)[number];

/** What a parameter can tell. */
export const SIGNAL_NAMES = [
  ...[
    'serialNumber',
    'manufacturer',
    'modelName',
    'hardwareVersion',
    'softwareVersion',
    'uptime',
    'interval',
  ],
  ...['connectionRequestUrl', 'wanAddress', 'memory', 'memoryTotal', 'memoryFree', 'cpu', 'temperature'],
  ...['rxPower', 'txPower', 'biasCurrent', 'transceiverTemperature', 'supplyVoltage', 'wifiClients', 'hosts'],
  ...['wanReceivedBytes', 'wanSentBytes', 'dslDownRate', 'dslUpRate', 'dslDownMargin', 'dslUpMargin'],
  ...['dslAttenuation', 'dslCrcErrors', 'dslErroredSeconds', 'rsrp', 'rsrq', 'internetStatus'],
] as const;

/** Ways in which models write a number down. */
export const UNITS = [
  ...['0.001 dBm', '0.1 µW', '0.1 dB', 'KiB', 'bytes', 'kbit/s', 'mV', '32-bit count'],
] as const;
export type Unit = (typeof UNITS)[number];

/** Types of CWMP values. */
export const VALUE_TYPES = [
  ...['string', 'int', 'unsignedInt', 'unsignedLong', 'boolean', 'dateTime'],
] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

export interface ModelParameter {
  path: string;
  type: ValueType;
  /** The same on every device … */
  text?: string;
  /** … or a signal, */
  is?: string;
  /** in the unit that this model uses (that of the signal when left out) */
  unit?: Unit;
  /** with so many decimals, */
  digits?: number;
  /** or this where the device has none: the model's sentinel. */
  absent?: string;
}

/** How a model writes its envelopes. */
export interface EnvelopeStyle {
  /** Prefix of the SOAP namespace. */
  prefix: string;
  namespace: string;
  /** `cwmp:EventStruct[1]`, `[01]`, no attribute, or `xsi:type="SOAP-ENC:Array"` beside it. */
  arrayType: 'exact' | 'padded' | 'absent' | 'soapenc';
  /** Sends a SOAP header with an ID. */
  header: boolean;
}

/** A model of CPE as its data file describes it. */
export interface VendorModel {
  name: string;
  manufacturer: string;
  oui: string;
  productClass: string;
  model: string;
  hardwareVersion: string;
  /** Firmware in the field, the most frequent first. */
  softwareVersions: readonly string[];
  access: Access;
  hasTemperature: boolean;
  /** Share of the fleet relative to the other models. */
  weight: number;
  envelope: EnvelopeStyle;
  /** Paths of the parameters that every Inform holds. */
  inform: readonly string[];
  parameters: readonly ModelParameter[];
}

/** TR-069 Amendment 6, table 10: names of at most 256 characters. */
const LONGEST_PATH = 256;
const MOST_PARAMETERS = 2000;

/** A model file that cannot be used, with the place in it. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError';
}

/**
 * @param content of the JSON file
 * @throws ModelFileError
 */
export function readModelFile(content: unknown): VendorModel {
  const file = asRecord(content, 'the file');
  const text = (name: string, pattern = /^[ -~]{1,64}$/): string => {
    const value = file[name];
    if (typeof value !== 'string' || !pattern.test(value)) fail(`${name}: must be a text of printable ASCII`);
    return value;
  };
  const parameters = asArray(file['parameters'], 'parameters', MOST_PARAMETERS).map(readParameter);
  const paths = new Set(parameters.map(({ path }) => path));
  const inform = asArray(file['inform'], 'inform', MOST_PARAMETERS).map((path, index) => {
    if (typeof path !== 'string' || !paths.has(path)) {
      fail(`inform[${index}]: ${unknownName('parameter of this model', String(path), [...paths])}`);
    }
    return path;
  });
  const softwareVersions = asArray(file['softwareVersions'], 'softwareVersions', 100).map(String);
  if (softwareVersions.length === 0) fail('softwareVersions: must name at least one');
  const weight = file['weight'] ?? 1;
  if (typeof weight !== 'number' || !(weight >= 0)) fail('weight: must be a number of at least 0');
  return {
    name: text('name', /^[a-z0-9][a-z0-9.-]{0,63}$/),
    manufacturer: text('manufacturer'),
    oui: text('oui', /^[0-9A-Fa-f]{4,6}$/),
    productClass: text('productClass'),
    model: text('model'),
    hardwareVersion: text('hardwareVersion'),
    softwareVersions,
    access: oneOf(file['access'], ACCESSES, 'access'),
    hasTemperature: file['hasTemperature'] === true,
    weight: weight,
    envelope: readEnvelope(file['envelope'] ?? {}),
    ...{ inform, parameters },
  };
}

function readParameter(content: unknown, index: number): ModelParameter {
  const at = `parameters[${index}]`;
  const { path, text, is, unit, digits, absent, type } = asRecord(content, at);
  if (typeof path !== 'string' || path === '' || path.length > LONGEST_PATH)
    fail(`${at}.path: must be a text of at most ${LONGEST_PATH} characters`);
  if ((text === undefined) === (is === undefined)) fail(`${at}: needs either "text" or "is"`);
  if (
    digits !== undefined &&
    !(Number.isInteger(digits) && (digits as number) >= 0 && (digits as number) <= 9)
  )
    fail(`${at}.digits: must be 0 to 9`);
  return {
    path: path,
    type: type === undefined ? 'string' : oneOf(type, VALUE_TYPES, `${at}.type`),
    ...(text === undefined ? {} : { text: asText(text, `${at}.text`) }),
    ...(is === undefined ? {} : { is: oneOf(is, SIGNAL_NAMES, `${at}.is`) }),
    ...(unit === undefined ? {} : { unit: oneOf(unit, UNITS, `${at}.unit`) }),
    ...(digits === undefined ? {} : { digits: digits as number }),
    ...(absent === undefined ? {} : { absent: asText(absent, `${at}.absent`) }),
  };
}

function readEnvelope(content: unknown): EnvelopeStyle {
  const { prefix = 'soap-env', namespace, arrayType = 'exact', header } = asRecord(content, 'envelope');
  if (typeof prefix !== 'string' || !/^[A-Za-z][\w-]{0,15}$/.test(prefix))
    fail('envelope.prefix: must be the prefix of a namespace');
  return {
    prefix: prefix,
    namespace: typeof namespace === 'string' ? namespace : 'urn:dslforum-org:cwmp-1-0',
    arrayType: oneOf(arrayType, ['exact', 'padded', 'absent', 'soapenc'] as const, 'envelope.arrayType'),
    header: header !== false,
  };
}

function oneOf<T extends string>(value: unknown, names: readonly T[], at: string): T {
  const found = names.find((name) => name === value);
  if (found === undefined) fail(`${at}: ${unknownName('name known here', String(value), names)}`);
  return found;
}

function asText(value: unknown, at: string): string {
  if (typeof value !== 'string') fail(`${at}: must be a text`);
  return value;
}

function asRecord(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${at}: must be an object`);
  return value as Record<string, unknown>;
}

function asArray(value: unknown, at: string, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) fail(`${at}: must be a list of at most ${most}`);
  return value as unknown[];
}

function fail(why: string): never {
  throw new ModelFileError(why);
}
