/**
 * The units that devices use, each with the ending of the metric names it can fill and its way to our unit. Where
 * firmwares of one path disagree, the size of the number tells them apart; the comment says why that is safe.
 */
export interface Unit {
  /** How a metric name that takes it ends. */
  ending: RegExp;
  /** The number in our unit; what is no finite number is no reading. */
  convert: (value: number) => number;
}

const POWER = /_dbm$/;
const milliwattToDbm = (milliwatt: number): number => 10 * Math.log10(milliwatt);
/** 0.1 µW, as in SFF-8472. */
const tenthMicrowattToDbm = (value: number): number => milliwattToDbm(value * 0.0001);

export const UNITS = {
  count: { ending: /(?<!_(?:dbm|db|bytes|seconds|ratio|bps|celsius|volts|amperes))$/, convert: (n) => n },
  s: { ending: /_seconds$/, convert: (n) => n },
  '%': { ending: /_ratio$/, convert: (n) => n / 100 },
  ratio: { ending: /_ratio$/, convert: (n) => n },
  bytes: { ending: /_bytes$/, convert: (n) => n },
  KiB: { ending: /_bytes$/, convert: (n) => n * 1024 },
  // 4 GiB in KiB is 4 MiB in bytes: no CPE of a vendor that needs this has more than the one or less than the other.
  'KiB or bytes': { ending: /_bytes$/, convert: (n) => (n > 4 * 1024 * 1024 ? n : n * 1024) },
  '°C': { ending: /_celsius$/, convert: (n) => n },
  // Nothing in a CPE is hotter than 200 °C: beyond it is 1/256 °C, as in SFF-8472.
  '°C or 1/256 °C': { ending: /_celsius$/, convert: (n) => (Math.abs(n) <= 200 || n === -274 ? n : n / 256) },
  dBm: { ending: POWER, convert: (n) => n },
  '0.001 dBm': { ending: POWER, convert: (n) => n / 1000 },
  '0.1 µW': { ending: POWER, convert: tenthMicrowattToDbm },
  // Receive power is between -40 and 8 dBm. Beyond: 0.001 dBm when negative, else linear, where 8 would be -31 dBm.
  'dBm, 0.001 dBm or 0.1 µW': {
    ending: POWER,
    convert: (n) => (n < -60 ? n / 1000 : n <= 10 ? n : tenthMicrowattToDbm(n)),
  },
  dB: { ending: /_db$/, convert: (n) => n },
  '0.1 dB': { ending: /_db$/, convert: (n) => n / 10 },
  'bit/s': { ending: /_bps$/, convert: (n) => n },
  'kbit/s': { ending: /_bps$/, convert: (n) => n * 1000 },
  'Mbit/s': { ending: /_bps$/, convert: (n) => n * 1_000_000 },
  V: { ending: /_volts$/, convert: (n) => n },
  mV: { ending: /_volts$/, convert: (n) => n / 1000 },
  // A transceiver runs on 3.3 V: 3.3, 3300 (mV) and 33000 (0.1 mV, SFF-8472) are far apart.
  'V, mV or 0.1 mV': {
    ending: /_volts$/,
    convert: (n) => (n <= 100 ? n : n <= 10_000 ? n / 1000 : n / 10_000),
  },
  A: { ending: /_amperes$/, convert: (n) => n },
  mA: { ending: /_amperes$/, convert: (n) => n / 1000 },
  // A laser takes 1 to 150 mA: beyond it is µA.
  'mA or µA': { ending: /_amperes$/, convert: (n) => (n <= 200 ? n / 1000 : n / 1_000_000) },
} as const satisfies Record<string, Unit>;

export type UnitName = keyof typeof UNITS;

/** Units written behind a number ("-21.3 dBm", "3244 mV"): they say more than the table does. */
const WRITTEN_UNITS: Record<string, UnitName> = {
  '%': '%',
  kb: 'KiB',
  kib: 'KiB',
  dbm: 'dBm',
  db: 'dB',
  v: 'V',
  mv: 'mV',
  a: 'A',
  ma: 'mA',
  c: '°C',
  '°c': '°C',
  s: 's',
  kbps: 'kbit/s',
  mbps: 'Mbit/s',
};

/** No value that any device sends as a number is longer. */
const LONGEST_NUMBER = 40;
const NUMBER =
  /^\s*([+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?)\s*([a-zA-Z%°]{0,4})\s*$/;

/** A number as it was sent, and in our unit. */
export interface ReadNumber {
  raw: number;
  value: number;
}

/**
 * Reads a number in a unit.
 * @returns undefined when the text is no number, or is written with a unit of another kind
 */
export function readNumber(text: string, unitName: UnitName): ReadNumber | undefined {
  if (text.length > LONGEST_NUMBER) return undefined;
  const match = NUMBER.exec(text);
  if (match === null) return undefined;
  const raw = Number(match[1]);
  const written = match[2]!.toLowerCase();
  const unit: Unit = UNITS[unitName];
  if (written === '') return { raw, value: tidy(unit.convert(raw)) };
  const writtenUnit = WRITTEN_UNITS[written];
  if (writtenUnit === undefined) return undefined;
  const writtenAs: Unit = UNITS[writtenUnit];
  return writtenAs.ending.source === unit.ending.source
    ? { raw, value: tidy(writtenAs.convert(raw)) }
    : undefined;
}

/** Free of the noise of binary division: twelve digits are more than any device measures. */
function tidy(value: number): number {
  return Number.isSafeInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(12));
}
