import type { Random } from '../chaos/random';
import { nastyText } from './nasty-values';
import { indexBelow, pick } from './pick';

/** A container and the key under which a value lies in it. */
interface Place {
  holder: Record<string, unknown> | unknown[];
  key: string | number;
}

const KEYS: readonly string[] = [
  ...['sn', 'serial', 'serialNumber', 'SerialNumber', '_deviceId', 'acs_id', 'event_ts', 'ts', 'event_codes'],
  ...['__proto__', 'constructor', 'prototype', 'toString', '', '_value', '_timestamp', 'parameters', 'fault'],
  ...['oui', 'cpu_pct', 'uptime_seconds', 'Device', 'data', 'events', '\u0000', 'x'.repeat(300)],
];

function placesOf(value: unknown, found: Place[] = []): Place[] {
  if (found.length > 2000 || value === null || typeof value !== 'object') return found;
  const holder = value as Record<string, unknown>;
  for (const key of Object.keys(holder)) {
    found.push({ holder, key });
    placesOf(holder[key], found);
  }
  return found;
}

function strangeValue(random: Random, before: unknown): unknown {
  switch (indexBelow(random, 12)) {
    case 0:
      return null;
    case 1:
      return pick(random, [0, -1, 1.5, 1e308, 2 ** 53, 1_763_700_000, 1_763_700_000_000, -0]);
    case 2:
      return pick(random, [true, false]);
    case 3:
      return [before, before];
    case 4:
      return { _value: before, _timestamp: nastyText(random) };
    case 5:
      return {};
    case 6:
      return [];
    case 7:
      return Array.from({ length: pick(random, [2, 33, 64, 65, 5001]) }, () => before).slice(
        0,
        typeof before === 'object' ? 65 : 5001,
      );
    default:
      return nastyText(random);
  }
}

function deep(random: Random): string {
  const depth = pick(random, [5, 31, 33, 5000]);
  return pick(random, [
    `${'['.repeat(depth)}${']'.repeat(depth)}`,
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
    '['.repeat(depth),
  ]);
}

const TEXT_EDITS: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => text.replace(/:\s*("[^"]*"|[\d.]+)/, () => `:${deep(random)}`),
  (random, text) =>
    text.replace(/:\s*[\d.]+/, () => `:${pick(random, ['NaN', '-Infinity', '01', '1.', '+1', '0x1'])}`),
  (random, text) =>
    text.replace('{', () => `{"__proto__":{"sn":"P"},"sn":${JSON.stringify(nastyText(random))},`),
  (_random, text) => text.replaceAll('"', "'"),
  (_random, text) => text.replace(/}$/, ',}'),
  (_random, text) => `[${text},${text}]`,
  (_random, text) => `${text}\n${text}`,
  (_random, text) => text.replace(/"(\w)/g, '"\\u0000$1'),
  (_random, text) => text.replace(/:"/, ':"\\ud800'),
];

/** The text of a JSON value with some of its parts changed, and sometimes its text as well. */
export function mutateJson(random: Random, json: string): string {
  const wrapped: { value: unknown } = { value: JSON.parse(json) };
  for (let left = 1 + indexBelow(random, 4); left > 0; left -= 1) {
    const { holder, key } = pick(random, placesOf(wrapped));
    const target = holder as Record<string, unknown>;
    switch (indexBelow(random, 4)) {
      case 0:
        if (holder !== wrapped) delete target[key];
        break;
      case 1: {
        const name = pick(random, KEYS);
        const value = target[key];
        if (holder !== wrapped) {
          delete target[key];
          Object.defineProperty(target, name, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }
        break;
      }
      default:
        target[key] = strangeValue(random, target[key]);
    }
  }
  const text = JSON.stringify(wrapped.value) ?? '';
  return random() < 0.25 ? pick(random, TEXT_EDITS)(random, text) : text;
}
