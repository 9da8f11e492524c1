import { REDACTED, type ParameterValue, type ParameterValues } from '@cpemon/domain';
import type { DeviceModels } from './device-models.js';
import { modelsInForce } from './models-in-force.js';
import { LONGEST_PATH } from './parameter-path.js';
import { withoutUrlSecrets } from './secret-parameters.js';

/** What stands in the log in place of a value of which nobody has said that it may be kept. */
export const NOT_KEPT = '[not kept]';

export interface RedactionOptions {
  /** Values of parameters that no file of mappings names. Default: what is in force; at first only name and type. */
  unknownValues?: 'kept' | 'dropped';
  /** Parameters of customers' own devices. Default: none of them; readParameters counts the devices. */
  stations?: 'kept' | 'dropped';
  /** JSON of all that is kept; the least useful goes first. */
  maxBytes?: number;
  models?: DeviceModels;
}

export interface RedactedParameters {
  parameters: ParameterValues;
  /** What is not kept as it was sent, by why. */
  dropped: Partial<Record<RedactionReason, number>>;
  /** How many parameters are missing from `parameters` for its size. */
  leftOut: number;
}

export type RedactionReason =
  'secret' | 'station' | 'unknown_value' | 'too_long' | 'bad_name' | 'too_many_parameters';

/** Half of what an event may have (64 KiB): metrics, codes and arguments need the rest. */
export const PARAMETERS_BYTES = 32 * 1024;
/** No value that says something about a device's health is longer. */
const LONGEST_VALUE = 1024;
const LONGEST_TYPE = 32;
/** Names that mean something to JavaScript itself, not to a device. */
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const PRINTABLE = /^[^\p{Cc}\p{Cs}]+$/u;

/** Which parameter goes last when there is no room for all: one that a rule reads, one that is known, any other. */
type Worth = 2 | 1 | 0;

/**
 * The parameters as they may stand in the log: no secrets, no customers' devices, no values of unknown parameters
 * unless asked for, and no more than there is room for. Never throws.
 */
export function redactParameters(
  parameters: ParameterValues,
  options: RedactionOptions = {},
): RedactedParameters {
  const { stations = 'dropped' } = options;
  const { unknownValues, models } = { ...modelsInForce(), ...options };
  const dropped: RedactedParameters['dropped'] = {};
  const count = (reason: RedactionReason): void => {
    dropped[reason] = (dropped[reason] ?? 0) + 1;
  };
  const kept: { name: string; entry: ParameterValue; worth: Worth }[] = [];
  for (const path of Object.keys(parameters)) {
    const given = parameters[path];
    if (given === undefined || typeof given.value !== 'string') continue;
    const name = path.trim();
    if (name === '' || name.length > LONGEST_PATH || RESERVED_NAMES.has(name) || !PRINTABLE.test(name)) {
      count('bad_name');
      continue;
    }
    const meaning = models.meaningOf(path);
    if (meaning.station !== undefined && stations === 'dropped') {
      count('station');
      continue;
    }
    let { value } = given;
    if (meaning.secret) {
      if (value !== '') count('secret');
      value = value === '' ? '' : REDACTED;
    } else if (!meaning.known && unknownValues === 'dropped') {
      if (value !== '') count('unknown_value');
      value = value === '' ? '' : NOT_KEPT;
    } else if (value.length > LONGEST_VALUE) {
      count('too_long');
      value = NOT_KEPT;
    } else value = withoutUrlSecrets(value);
    const worth = meaning.rules.length > 0 ? 2 : meaning.known ? 1 : 0;
    kept.push({ name, entry: entryOf(value, given), worth });
  }
  const { fitting, leftOut } = withinBytes(kept, options.maxBytes ?? PARAMETERS_BYTES);
  if (leftOut > 0) dropped.too_many_parameters = leftOut;
  return {
    parameters: Object.fromEntries(fitting.map(({ name, entry }) => [name, entry])),
    dropped,
    leftOut,
  };
}

function entryOf(value: string, { type, at }: ParameterValue): ParameterValue {
  const entry: ParameterValue = { value: wellFormed(value) };
  if (type !== undefined && type !== '') entry.type = wellFormed(type.slice(0, LONGEST_TYPE));
  if (at !== undefined) entry.at = at;
  return entry;
}

/** Half of a character: no database keeps it. */
const LONE_SURROGATES = /\p{Surrogate}/gu;
const wellFormed = (text: string): string => text.replace(LONE_SURROGATES, '\uFFFD');

/** Bytes of a character of JSON at worst: "\u0000". */
const WORST_BYTES_A_CHARACTER = 6;
const FRAME_CHARACTERS = 64;

/** Those that have room, in the order they came in; what is worth most gets the room first. */
function withinBytes<T extends { name: string; entry: ParameterValue; worth: Worth }>(
  all: T[],
  maxBytes: number,
): { fitting: T[]; leftOut: number } {
  let characters = 0;
  for (const { name, entry } of all) characters += name.length + entry.value.length + FRAME_CHARACTERS;
  if (characters * WORST_BYTES_A_CHARACTER <= maxBytes) return { fitting: all, leftOut: 0 };
  let room = maxBytes;
  const fits = new Set<T>();
  for (const worth of [2, 1, 0]) {
    for (const one of all) {
      if (one.worth !== worth) continue;
      const bytes = Buffer.byteLength(JSON.stringify([one.name, one.entry]));
      if (bytes > room) continue;
      room -= bytes;
      fits.add(one);
    }
  }
  return { fitting: all.filter((one) => fits.has(one)), leftOut: all.length - fits.size };
}
