import type { FleetPlan } from './fleet-plan.js';
import type { VendorModel } from './models/model-file.js';
import { placeOf, type Place } from './place.js';
import { pickWay, type Mix, type Way } from './report-ways.js';
import { hash32, unitOf } from './seeded-random.js';

export interface FleetSettings {
  /** Number of virtual CPEs. */
  devices: number;
  /** What most CPEs are told to report at, seconds. */
  intervalSeconds: number;
  /** A CPE's own interval lies within intervalSeconds × (1 ± spread), in whole seconds. 0 to 0.5 */
  intervalSpread: number;
  mix: Mix;
  plan: FleetPlan;
  /** The same seed makes the same fleet. */
  seed: number;
  serialPrefix: string;
}

/** Why a CPE is silent, as bits: it reports when none is set. */
export const SILENCE = { cut: 1, noPower: 2, noLine: 4, gone: 8 } as const;

/** How a CPE's clock goes, by the number that `clock` holds. */
export const CLOCKS = ['right', 'skewed', 'unset', 'local', 'since-boot'] as const;
export type Clock = (typeof CLOCKS)[number];

/**
 * The virtual CPEs by index, 0 to size − 1. What follows from seed and index is computed, not stored; what scenarios
 * change stands in typed arrays, 64 bytes a device in all.
 */
export interface Fleet {
  readonly size: number;
  readonly seed: number;
  readonly models: readonly VendorModel[];
  serialNumberOf(index: number): string;
  /** The index of a serial number of this fleet, or undefined. */
  findIndex(serialNumber: string): number | undefined;
  /** The first moment after `afterMs` (epoch) at which this CPE reports; a CPE keeps its rhythm when we restart. */
  nextReportMs(index: number, afterMs: number): number;
  wayOf(index: number): Way;
  modelOf(index: number): VendorModel;
  softwareVersionOf(index: number): string;
  wanAddressOf(index: number): string;
  productClassOf(index: number): string;
  placeOf(index: number): Place;
  /** Milliseconds between two reports. */
  readonly intervalMs: Float64Array;
  /** When within an interval the CPE reports, milliseconds. */
  readonly phaseMs: Float64Array;
  /** Bits of SILENCE. */
  readonly silence: Uint8Array;
  /** Bits of INFORM_EVENTS that its next report tells of. */
  readonly events: Uint16Array;
  /** The last boot that a scenario caused, epoch milliseconds; 0: none. */
  readonly bootMs: Float64Array;
  /** Index in CLOCKS. */
  readonly clock: Uint8Array;
  /** dB of light lost on the way beyond what is usual. */
  readonly opticalLossDb: Float32Array;
  /** dB of noise margin lost on the line. */
  readonly lineLossDb: Float32Array;
  /** How often it got a new WAN address. */
  readonly addressTurn: Uint16Array;
  /** When something about it changed last, epoch milliseconds; 0: never. */
  readonly changedMs: Float64Array;
  isClone(index: number): boolean;
  /** Gives devices a firmware, or their own again (undefined). */
  setSoftwareVersion(indexes: Iterable<number>, version: string | undefined): void;
  /** A firmware that names things differently: product class, and paths by their beginning. */
  rename(indexes: Iterable<number>, renaming: Renaming | undefined): void;
  renamingOf(index: number): Renaming | undefined;
  /** From now on `clone` reports under the serial number of `original`; itself again when that is undefined. */
  clone(clone: number, original: number | undefined): void;
  /** `replacement` is the new box on the line of `replaced`. */
  replace(replaced: number, replacement: number): void;
  /** More or fewer CPEs: those that stay are as they were. */
  resize(devices: number): void;
}

export interface Renaming {
  productClass?: string;
  /** Beginnings of paths and what stands there instead. */
  paths?: Readonly<Record<string, string>>;
}

/** Independent random choices of a device draw from independent streams. */
const STREAM = { phase: 1, interval: 2, model: 3, software: 4, way: 5 };

const SERIAL_DIGITS = 8;
const OWN_VERSION = 0;
/** Firmware by scenarios, told apart by a byte a device. */
const MOST_VERSIONS = 255;

export function createFleet(settings: FleetSettings): Fleet {
  const { seed, serialPrefix, mix, plan } = settings;
  const { models } = plan;
  const weights = models.map(({ weight }) => weight);
  const serialPattern = new RegExp(`^\\d{${SERIAL_DIGITS}}$`);
  const versions: (string | undefined)[] = [undefined];
  const renamings = new Map<number, Renaming>();
  const cloneOf = new Map<number, number>();
  const lineOf = new Map<number, number>();
  const ways = [...new Set(mix.map(({ way }) => way))];
  let modelIndex = new Uint8Array(0);
  let wayIndex = new Uint8Array(0);
  let version = new Uint8Array(0);
  let made = 0;

  const fleet = {
    size: 0,
    seed,
    models,
    intervalMs: new Float64Array(0),
    phaseMs: new Float64Array(0),
    silence: new Uint8Array(0),
    events: new Uint16Array(0),
    bootMs: new Float64Array(0),
    clock: new Uint8Array(0),
    opticalLossDb: new Float32Array(0),
    lineLossDb: new Float32Array(0),
    addressTurn: new Uint16Array(0),
    changedMs: new Float64Array(0),
    isClone: (index: number) => cloneOf.has(index),
    serialNumberOf: (index: number) =>
      serialPrefix + String((cloneOf.get(index) ?? index) + 1).padStart(SERIAL_DIGITS, '0'),
    findIndex: (serialNumber: string) => {
      const digits = serialNumber.slice(serialPrefix.length);
      if (!serialNumber.startsWith(serialPrefix) || !serialPattern.test(digits)) return undefined;
      const index = Number(digits) - 1;
      return index >= 0 && index < fleet.size ? index : undefined;
    },
    nextReportMs: (index: number, afterMs: number) => {
      const interval = fleet.intervalMs[index]!;
      const phase = fleet.phaseMs[index]!;
      return Math.floor((afterMs - phase) / interval + 1) * interval + phase;
    },
    wayOf: (index: number) => ways[wayIndex[index]!]!,
    modelOf: (index: number) => models[modelIndex[index]!]!,
    softwareVersionOf: (index: number) => {
      const given = versions[version[index]!];
      if (given !== undefined) return given;
      const { softwareVersions } = models[modelIndex[index]!]!;
      // Squaring favours the first: most of a model's boxes run its newest firmware.
      const draw = unitOf(seed, index, STREAM.software) ** 2;
      return softwareVersions[Math.floor(draw * softwareVersions.length)]!;
    },
    wanAddressOf: (index: number) => sharedAddress(index, seed, fleet.addressTurn[index]!),
    productClassOf: (index: number) =>
      renamings.get(index)?.productClass ?? models[modelIndex[index]!]!.productClass,
    placeOf: (index: number) =>
      placeOf(lineOf.get(index) ?? index, seed, models[modelIndex[index]!]!.access, plan),
    renamingOf: (index: number) => renamings.get(index),
    setSoftwareVersion(indexes: Iterable<number>, wanted: string | undefined) {
      let number = wanted === undefined ? OWN_VERSION : versions.indexOf(wanted);
      if (number < 0) {
        if (versions.length > MOST_VERSIONS) throw new Error(`more than ${MOST_VERSIONS} versions at once`);
        number = versions.push(wanted) - 1;
      }
      for (const index of indexes) version[index] = number;
    },
    rename(indexes: Iterable<number>, renaming: Renaming | undefined) {
      for (const index of indexes) {
        if (renaming === undefined) renamings.delete(index);
        else renamings.set(index, renaming);
      }
    },
    clone(clone: number, original: number | undefined) {
      if (original === undefined) cloneOf.delete(clone);
      else cloneOf.set(clone, original);
    },
    replace(replaced: number, replacement: number) {
      lineOf.set(replacement, lineOf.get(replaced) ?? replaced);
    },
    resize(devices: number) {
      fleet.size = devices;
      if (devices <= made) return;
      for (const name of COLUMNS) fleet[name] = grown(fleet[name], devices) as never;
      modelIndex = grown(modelIndex, devices);
      wayIndex = grown(wayIndex, devices);
      version = grown(version, devices);
      for (let index = made; index < devices; index++) {
        const intervalMs = ownIntervalSeconds(settings, index) * 1000;
        fleet.intervalMs[index] = intervalMs;
        fleet.phaseMs[index] = Math.floor(unitOf(seed, index, STREAM.phase) * intervalMs);
        modelIndex[index] = pickIndex(weights, unitOf(seed, index, STREAM.model));
        wayIndex[index] = ways.indexOf(pickWay(mix, unitOf(seed, index, STREAM.way)));
      }
      made = devices;
    },
  };
  fleet.resize(settings.devices);
  return fleet;
}

const COLUMNS = [
  ...(['intervalMs', 'phaseMs', 'silence', 'events', 'bootMs', 'clock'] as const),
  ...(['opticalLossDb', 'lineLossDb', 'addressTurn', 'changedMs'] as const),
] as const;

type Column = Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** The same values with zeros behind them. */
export function grown<T extends Column>(column: T, length: number): T {
  const longer = new (column.constructor as new (length: number) => T)(length);
  longer.set(column);
  return longer;
}

function ownIntervalSeconds({ intervalSeconds, intervalSpread, seed }: FleetSettings, index: number): number {
  const deviation = (2 * unitOf(seed, index, STREAM.interval) - 1) * intervalSpread;
  return Math.max(1, Math.round(intervalSeconds * (1 + deviation)));
}

function pickIndex(weights: readonly number[], draw: number): number {
  let left = draw * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return 0;
}

const ADDRESSES = 0x400000;

/** An address of its own in 100.64.0.0/10, the range ISPs use behind carrier-grade NAT (RFC 6598). */
function sharedAddress(index: number, seed: number, turn: number): string {
  // An odd step meets every address, and those of two devices differ in each turn.
  const host = (index + hash32(seed, 0) + turn * 1_234_567) & (ADDRESSES - 1);
  return `100.${64 + (host >>> 16)}.${(host >>> 8) & 255}.${host & 255}`;
}
