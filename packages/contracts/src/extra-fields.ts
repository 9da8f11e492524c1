import type { ExtraValue } from '@cpemon/domain';
import {
  EXTRA_CHARACTERS,
  EXTRA_FIELDS,
  EXTRA_NAME_CHARACTERS,
  EXTRA_VALUE_CHARACTERS,
} from './body-limits.js';
import type { DropReason } from './drop-reasons.js';
import { REDACTED, isSecretName } from './secret-names.js';

/** The scalars of one report that no field of ours names, within bounds. */
export interface ExtraFields {
  /** @returns why the value was not kept as it is: dropped, or replaced when its name is a secret's */
  add(name: string, value: unknown): DropReason | undefined;
  /** What was kept; undefined when nothing was. */
  kept(): Record<string, ExtraValue> | undefined;
}

/** Names that mean something to JavaScript itself, not to a device. */
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const PRINTABLE_NAME = /^[^\p{Cc}\p{Cs}]+$/u;

export function createExtraFields(): ExtraFields {
  let fields: Record<string, ExtraValue> | undefined;
  let count = 0;
  let characters = 0;
  return {
    add(name, value) {
      if (typeof value === 'object' && value !== null) return 'nested';
      if (value === null || value === undefined) return undefined;
      if (count >= EXTRA_FIELDS) return 'too_many_fields';
      if (name.length > EXTRA_NAME_CHARACTERS || RESERVED_NAMES.has(name) || !PRINTABLE_NAME.test(name)) {
        return 'bad_name';
      }
      if (typeof value === 'number' && !Number.isFinite(value)) return 'out_of_range';
      if (typeof value === 'string' && value.length > EXTRA_VALUE_CHARACTERS) return 'too_long';
      const secret = isSecretName(name);
      const kept = secret ? REDACTED : (value as ExtraValue);
      const size = name.length + String(kept).length;
      if (characters + size > EXTRA_CHARACTERS) return 'too_many_fields';
      count += 1;
      characters += size;
      fields ??= {};
      fields[name] = kept;
      return secret ? 'secret' : undefined;
    },
    kept: () => fields,
  };
}
