import { emptyColumns, grown, growColumns, type DeviceColumns } from './device-columns.js';
import { createGivenFirmware, type Renaming } from './firmware.js';
import type { FleetPlan } from './fleet-plan.js';
import type { VendorModel } from './models/model-file.js';
import { placeOf, type Place } from './place.js';
import { pickWay, type Mix, type Way } from './report-ways.js';
import { unitOf } from './seeded-random.js';
import { sharedAddress } from './shared-address.js';

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
 * change stands in columns.
 */
export interface Fleet extends DeviceColumns {
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
  isClone(index: number): boolean;
  /** Whose serial number it goes by now: its own, or its original's. */
  identityOf: (index: number) => number;
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

/** Independent random choices of a device draw from independent streams. */
const STREAM = { phase: 1, interval: 2, model: 3, software: 4, way: 5 };

const SERIAL_DIGITS = 8;

export function createFleet(settings: FleetSettings): Fleet {
  const { seed, serialPrefix, mix, plan } = settings;
  const { models } = plan;
  const weights = models.map(({ weight }) => weight);
  const serialPattern = new RegExp(`^\\d{${SERIAL_DIGITS}}$`);
  const firmware = createGivenFirmware();
  const cloneOf = new Map<number, number>();
  const lineOf = new Map<number, number>();
  const ways = [...new Set(mix.map(({ way }) => way))];
  let modelIndex = new Uint8Array(0);
  let wayIndex = new Uint8Array(0);
  let made = 0;

  /** A box that takes another's place is one for that kind of line. */
  const weightsFor = (replaced: number | undefined): readonly number[] => {
    if (replaced === undefined) return weights;
    const { access } = models[modelIndex[replaced]!]!;
    return models.map((model) => (model.access === access ? model.weight : 0));
  };

  const fleet = {
    size: 0,
    seed,
    models,
    ...emptyColumns(),
    isClone: (index: number) => cloneOf.has(index),
    identityOf: (index: number) => cloneOf.get(index) ?? index,
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
      const given = firmware.versionOf(index);
      if (given !== undefined) return given;
      const { softwareVersions } = models[modelIndex[index]!]!;
      // Squaring favours the first: most of a model's boxes run its newest firmware.
      const draw = unitOf(seed, index, STREAM.software) ** 2;
      return softwareVersions[Math.floor(draw * softwareVersions.length)]!;
    },
    wanAddressOf: (index: number) => sharedAddress(index, seed, fleet.addressTurn[index]!),
    productClassOf: (index: number) =>
      firmware.renamingOf(index)?.productClass ?? models[modelIndex[index]!]!.productClass,
    placeOf: (index: number) =>
      placeOf(lineOf.get(index) ?? index, seed, models[modelIndex[index]!]!.access, plan),
    renamingOf: (index: number) => firmware.renamingOf(index),
    setSoftwareVersion: (indexes: Iterable<number>, version: string | undefined) =>
      firmware.setVersion(indexes, version),
    rename: (indexes: Iterable<number>, renaming: Renaming | undefined) => firmware.rename(indexes, renaming),
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
      growColumns(fleet, devices);
      modelIndex = grown(modelIndex, devices);
      wayIndex = grown(wayIndex, devices);
      firmware.resize(devices);
      for (let index = made; index < devices; index++) {
        const intervalMs = ownIntervalSeconds(settings, index) * 1000;
        fleet.intervalMs[index] = intervalMs;
        fleet.phaseMs[index] = Math.floor(unitOf(seed, index, STREAM.phase) * intervalMs);
        modelIndex[index] = pickIndex(weightsFor(lineOf.get(index)), unitOf(seed, index, STREAM.model));
        wayIndex[index] = ways.indexOf(pickWay(mix, unitOf(seed, index, STREAM.way)));
      }
      made = devices;
    },
  };
  fleet.resize(settings.devices);
  return fleet;
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
