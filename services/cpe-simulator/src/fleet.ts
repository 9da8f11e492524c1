import { hash32, unitOf } from './seeded-random.js';
import { VENDOR_MODELS, type VendorModel } from './vendor-models.js';

export interface FleetSettings {
  /** Number of virtual CPEs. */
  devices: number;
  /** What most CPEs are told to report at, seconds. */
  intervalSeconds: number;
  /** A CPE's own interval lies within intervalSeconds × (1 ± spread), in whole seconds. 0 to 0.5 */
  intervalSpread: number;
  /** Share of the CPEs that report through an ACS, whose webhook hands their Informs on. 0 to 1 */
  webhookShare: number;
  /** The same seed makes the same fleet. */
  seed: number;
  serialPrefix: string;
}

/** The virtual CPEs by index, 0 to size − 1. What follows from seed and index is computed, not stored. */
export interface Fleet {
  readonly size: number;
  readonly seed: number;
  serialNumberOf(index: number): string;
  /** The index of a serial number of this fleet, or undefined. */
  findIndex(serialNumber: string): number | undefined;
  /** Milliseconds between two reports, by index. */
  readonly intervalMs: Float64Array;
  /** The first moment after `afterMs` (epoch) at which this CPE reports; a CPE keeps its rhythm when we restart. */
  nextReportMs(index: number, afterMs: number): number;
  /** Whether the CPE reports to an ACS (webhook) instead of by itself. */
  isRelayed(index: number): boolean;
  modelOf(index: number): VendorModel;
  swVersionOf(index: number): string;
  wanAddressOf(index: number): string;
  /** 1 where a CPE is cut off: it is silent until restored. */
  readonly cut: Uint8Array;
}

/** Independent random choices of a device draw from independent streams. */
const STREAM = { phase: 1, interval: 2, model: 3, swVersion: 4, relayed: 5 };

const SERIAL_DIGITS = 8;

export function createFleet(settings: FleetSettings): Fleet {
  const { devices, seed, serialPrefix, webhookShare } = settings;
  const intervalMs = new Float64Array(devices);
  const phaseMs = new Float64Array(devices);
  for (let index = 0; index < devices; index++) {
    intervalMs[index] = ownIntervalSeconds(settings, index) * 1000;
    phaseMs[index] = Math.floor(unitOf(seed, index, STREAM.phase) * (intervalMs[index] as number));
  }
  const serialPattern = new RegExp(`^\\d{${SERIAL_DIGITS}}$`);

  return {
    size: devices,
    seed,
    intervalMs,
    cut: new Uint8Array(devices),
    serialNumberOf: (index) => serialPrefix + String(index + 1).padStart(SERIAL_DIGITS, '0'),
    findIndex: (serialNumber) => {
      const digits = serialNumber.slice(serialPrefix.length);
      if (!serialNumber.startsWith(serialPrefix) || !serialPattern.test(digits)) return undefined;
      const index = Number(digits) - 1;
      return index >= 0 && index < devices ? index : undefined;
    },
    nextReportMs: (index, afterMs) => {
      const interval = intervalMs[index] as number;
      const phase = phaseMs[index] as number;
      return Math.floor((afterMs - phase) / interval + 1) * interval + phase;
    },
    isRelayed: (index) => unitOf(seed, index, STREAM.relayed) < webhookShare,
    modelOf: (index) => pickModel(unitOf(seed, index, STREAM.model)),
    swVersionOf: (index) => {
      const { swVersions } = pickModel(unitOf(seed, index, STREAM.model));
      // Squaring favours the first: most of a model's boxes run its newest firmware.
      const draw = unitOf(seed, index, STREAM.swVersion) ** 2;
      return swVersions[Math.floor(draw * swVersions.length)] as string;
    },
    wanAddressOf: (index) => sharedAddress(index, seed),
  };
}

function ownIntervalSeconds({ intervalSeconds, intervalSpread, seed }: FleetSettings, index: number): number {
  const deviation = (2 * unitOf(seed, index, STREAM.interval) - 1) * intervalSpread;
  return Math.max(1, Math.round(intervalSeconds * (1 + deviation)));
}

const TOTAL_WEIGHT = VENDOR_MODELS.reduce((sum, { weight }) => sum + weight, 0);

function pickModel(draw: number): VendorModel {
  let left = draw * TOTAL_WEIGHT;
  for (const model of VENDOR_MODELS) {
    left -= model.weight;
    if (left < 0) return model;
  }
  return VENDOR_MODELS[0] as VendorModel;
}

/** An address of its own in 100.64.0.0/10, the range ISPs use behind carrier-grade NAT (RFC 6598). */
function sharedAddress(index: number, seed: number): string {
  const host = (index + hash32(seed, 0)) & 0x3fffff;
  return `100.${64 + (host >>> 16)}.${(host >>> 8) & 255}.${host & 255}`;
}
