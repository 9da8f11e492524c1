import { REDACTED, type AttributeName, type ParameterValues } from '@cpemon/domain';
import {
  ruleFor,
  type CompiledRule,
  type DeviceModels,
  type ParameterSender,
  type PathMeaning,
} from './device-models.js';
import { isOpticalPower, limitsOf, NO_LIGHT_DBM } from './metric-limits.js';
import type { MetricTarget } from './model-file.js';
import { NOT_KEPT } from './redact-parameters.js';
import { modelsInForce } from './models-in-force.js';
import { compareInstances } from './parameter-path.js';
import { createStationCounts, type StationCounts } from './stations.js';
import { readNumber, UNITS, type UnitName } from './units.js';
import { createWanCollector, type WanCollector } from './wan-connection.js';

/** What parameters say in our names and units. */
export interface ParameterReadings {
  attributes: Partial<Record<AttributeName, string>>;
  metrics: Record<string, number>;
  intervalSeconds?: number;
  /** Parameters that no rule reads and that are not known to be worth nothing. */
  unmapped: number;
  /** Values that a rule reads and that gave nothing, by why. */
  dropped: Partial<Record<ReadingDropReason, number>>;
}

/** `no_reading`: the device said, in its way, that it has none. */
export type ReadingDropReason =
  'no_reading' | 'not_a_number' | 'out_of_range' | 'bad_characters' | 'not_an_address';

/** 31 days. */
const LONGEST_INTERVAL_SECONDS = 2_678_400;
const LONGEST_ATTRIBUTE = 64;
/** -1 as an unsigned number of 32 bits: "not available" (TR-181, Device.DSL.Channel.{i}.Stats). */
const NOT_AVAILABLE = 4_294_967_295;

/**
 * Translates TR-098 and TR-181 parameters. Never throws; a value that is no reading is absent, never a number.
 * @param models default: those in force
 */
export function readParameters(
  parameters: ParameterValues,
  sender: ParameterSender,
  models: DeviceModels = modelsInForce().models,
): ParameterReadings {
  const reading: Reading = {
    readings: { attributes: {}, metrics: {}, unmapped: 0, dropped: {} },
    numbers: new Map(),
    memory: {},
  };
  for (const path of Object.keys(parameters)) {
    const value = parameters[path]?.value;
    if (typeof value !== 'string' || value === REDACTED || value === NOT_KEPT) continue;
    const meaning = models.meaningOf(path);
    if (meaning.station !== undefined) {
      (reading.stations ??= createStationCounts()).add(meaning.station, value);
      continue;
    }
    const compiled = ruleFor(meaning, sender);
    if (compiled !== undefined) readValue(reading, compiled, meaning, value);
    else if (!meaning.known && !meaning.secret) reading.readings.unmapped += 1;
  }
  return finish(reading);
}

/** What has been read so far. */
interface Reading {
  readings: ParameterReadings;
  numbers: Map<string, MetricReading>;
  memory: { total?: MemoryReading; free?: MemoryReading };
  wan?: WanCollector;
  stations?: StationCounts;
}

interface MetricReading {
  rank: number;
  instances: readonly number[];
  value: number;
}

interface MemoryReading {
  rank: number;
  raw: number;
  unit: UnitName;
}

function readValue(reading: Reading, compiled: CompiledRule, meaning: PathMeaning, value: string): void {
  const { rule, rank } = compiled;
  const { readings } = reading;
  if ('metric' in rule) readMetric(reading, rule, rank, meaning, value);
  else if ('wan' in rule) {
    (reading.wan ??= createWanCollector()).add(rule, compiled, meaning.instances, value);
  } else if ('attribute' in rule) {
    const text = cleanText(value);
    if (text !== '') readings.attributes[rule.attribute] ??= text;
  } else if ('interval' in rule) {
    const read = readNumber(value, 's');
    if (read === undefined) drop(readings, 'not_a_number');
    else if (read.value < 1 || read.value > LONGEST_INTERVAL_SECONDS) drop(readings, 'out_of_range');
    else readings.intervalSeconds = Math.round(read.value);
  } else {
    const read = readNumber(value, rule.unit);
    if (read === undefined) return drop(readings, 'not_a_number');
    if (!(read.raw >= 0 && read.raw < Infinity) || read.raw === NOT_AVAILABLE)
      return drop(readings, 'no_reading');
    const known = reading.memory[rule.memory];
    if (known === undefined || rank > known.rank) {
      reading.memory[rule.memory] = { rank, raw: read.raw, unit: rule.unit };
    }
  }
}

function readMetric(
  { readings, numbers }: Reading,
  { metric, unit, noReading, of = 'first' }: MetricTarget,
  rank: number,
  { instances }: PathMeaning,
  text: string,
): void {
  const read = readNumber(text, unit);
  if (read === undefined)
    return drop(
      readings,
      /^\s*(?:|-+|n\/?a|-?inf(?:inity)?|none|null|unknown)\s*$/i.test(text) ? 'no_reading' : 'not_a_number',
    );
  const { raw, value } = read;
  const silent = raw === NOT_AVAILABLE || noReading?.includes(raw) === true || Number.isNaN(value);
  const dark = isOpticalPower(metric) && (raw === 0 || value <= NO_LIGHT_DBM);
  if (silent || dark) return drop(readings, 'no_reading');
  const { minimum, maximum } = limitsOf(metric);
  if (!(value >= minimum && value <= maximum)) return drop(readings, 'out_of_range');

  const known = numbers.get(metric);
  if (known === undefined || rank > known.rank) {
    numbers.set(metric, { rank, instances, value });
    return;
  }
  if (rank < known.rank) return;
  if (of === 'first') {
    if (compareInstances(instances, known.instances) < 0) numbers.set(metric, { rank, instances, value });
    return;
  }
  if (of === 'sum') known.value += value;
  else known.value = of === 'max' ? Math.max(known.value, value) : Math.min(known.value, value);
}

function finish({ readings, numbers, memory, wan, stations }: Reading): ParameterReadings {
  const { metrics, attributes } = readings;
  for (const [metric, { value }] of numbers) metrics[metric] = value;
  readMemory(readings, memory);
  stations?.put(metrics);
  const way = wan?.read();
  if (way === undefined) return readings;
  if (way.address !== undefined) attributes.wan_ip = way.address;
  if (way.upConnections !== undefined) metrics['internet_up_connections'] = way.upConnections;
  if (way.uptimeSeconds !== undefined) metrics['wan_uptime_seconds'] = way.uptimeSeconds;
  if (way.rxBytes !== undefined) metrics['wan_rx_bytes'] ??= way.rxBytes;
  if (way.txBytes !== undefined) metrics['wan_tx_bytes'] ??= way.txBytes;
  return readings;
}

/** The ratio needs no unit, as both are in the same one: it is right even where the vendor's unit is not known. */
function readMemory(readings: ParameterReadings, { total, free }: Reading['memory']): void {
  if (total === undefined || total.raw === 0) return;
  const { metrics } = readings;
  const bytes = UNITS[total.unit].convert(total.raw);
  const { minimum, maximum } = limitsOf('memory_total_bytes');
  if (bytes >= minimum && bytes <= maximum) metrics['memory_total_bytes'] = bytes;
  else drop(readings, 'out_of_range');
  if (free === undefined || free.rank !== total.rank) return;
  if (free.raw > total.raw) return drop(readings, 'out_of_range');
  metrics['memory_used_ratio'] ??= Math.round((1 - free.raw / total.raw) * 1e6) / 1e6;
}

/** One line of printable text, no longer than is kept. */
function cleanText(text: string): string {
  return text
    .slice(0, 4 * LONGEST_ATTRIBUTE)
    .replace(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_ATTRIBUTE)
    .replace(/\p{Surrogate}/gu, '')
    .trim();
}

function drop(readings: ParameterReadings, reason: ReadingDropReason): void {
  readings.dropped[reason] = (readings.dropped[reason] ?? 0) + 1;
}
