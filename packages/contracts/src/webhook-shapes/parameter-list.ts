import { readDeviceTime, type ParameterValue, type ParameterValues } from '@cpemon/domain';
import {
  EVENT_PARAMETER_CHARACTERS,
  EVENT_PARAMETERS,
  PARAMETER_PATH_CHARACTERS,
  PARAMETER_VALUE_CHARACTERS,
} from '../body-limits.js';
import { countDrop, type DropCounts } from '../drop-reasons.js';
import { isParameterPath } from './field-names.js';

/** A value with what is told beside it; absent parts undefined. */
export interface ToldValue {
  value: unknown;
  type?: unknown;
  at?: unknown;
}

/** The parameters of one event, within bounds. */
export interface ParameterList {
  add(path: string, told: ToldValue): void;
  /** What was kept; undefined when nothing was. */
  kept(): ParameterValues | undefined;
  /** The newest time at which a relay read one, RFC 3339; undefined when none was told. */
  newestAt(): string | undefined;
}

const PRINTABLE = /^[^\p{Cc}\p{Cs}]+$/u;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;
const TYPE = /^(?:[\w-]+:)?([A-Za-z0-9]{1,32})$/;

/** @param drops counted up by what was dropped */
export function createParameterList(nowMs: number, drops: DropCounts): ParameterList {
  let parameters: ParameterValues | undefined;
  let count = 0;
  let characters = 0;
  let newest: string | undefined;

  const timeOf = (at: unknown): string | undefined => {
    const read = readDeviceTime(at, nowMs);
    if (read === undefined) return undefined;
    if (read.dropped === undefined) return read.time;
    countDrop(drops, read.dropped);
    return undefined;
  };

  return {
    add(name, told) {
      const path = name.trim();
      const value = textOf(told.value);
      if (value === undefined) {
        if (typeof told.value === 'object' && told.value !== null) countDrop(drops, 'nested');
        return;
      }
      if (!isParameterPath(path) || path.length > PARAMETER_PATH_CHARACTERS || !PRINTABLE.test(path)) {
        return countDrop(drops, 'bad_name');
      }
      if (value.length > PARAMETER_VALUE_CHARACTERS) return countDrop(drops, 'too_long');
      const size = path.length + value.length;
      if (count >= EVENT_PARAMETERS || characters + size > EVENT_PARAMETER_CHARACTERS) {
        return countDrop(drops, 'too_many_fields');
      }
      count += 1;
      characters += size;
      const parameter: ParameterValue = { value };
      const type = typeof told.type === 'string' ? TYPE.exec(told.type)?.[1] : undefined;
      if (type !== undefined) parameter.type = type;
      const at = timeOf(told.at);
      if (at !== undefined) {
        parameter.at = at;
        if (newest === undefined || at > newest) newest = at;
      }
      // Every path has a dot, so that none can be `__proto__`.
      (parameters ??= {})[path] = parameter;
    },
    kept: () => parameters,
    newestAt: () => newest,
  };
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.replace(UNPRINTABLE, ' ');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
