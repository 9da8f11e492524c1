import { unitOf } from './seeded-random.js';

/** A DSL line as its modem measures it. */
export interface DslSignals {
  downRateKbps: number;
  upRateKbps: number;
  downMarginDb: number;
  upMarginDb: number;
  attenuationDb: number;
  crcErrors: number;
  erroredSeconds: number;
}

const STREAM = { length: 60, rain: 61, errors: 62 };
const MINUTE = 60_000;

/**
 * A pure function of device, time and loss, as all signals are.
 * @param lossDb noise margin lost beyond what is usual: rain in the joint box
 * @param uptimeSeconds since when the counters count
 */
export function dslSignalsAt(
  seed: number,
  device: number,
  atMs: number,
  lossDb: number,
  uptimeSeconds: number,
): DslSignals {
  const length = unitOf(seed, device, STREAM.length);
  const noise = unitOf(seed, device, STREAM.rain, Math.floor(atMs / (5 * MINUTE)));
  const marginDb = 10 - 3 * length + 1.5 * (noise - 0.5) - lossDb;
  // A line that loses its margin trains again at a lower rate.
  const slower = Math.max(0.2, 1 - Math.max(0, lossDb - 4) / 12);
  const errorsPerHour = (1 + 20 * unitOf(seed, device, STREAM.errors) ** 3) * (1 + Math.max(0, lossDb)) ** 2;
  const crcErrors = Math.floor((errorsPerHour * uptimeSeconds) / 3600);
  return {
    downRateKbps: Math.round((110_000 - 85_000 * length) * slower),
    upRateKbps: Math.round((40_000 - 32_000 * length) * slower),
    downMarginDb: Math.max(0, marginDb),
    upMarginDb: Math.max(0, marginDb + 1.5),
    attenuationDb: 6 + 30 * length,
    crcErrors,
    erroredSeconds: Math.floor(crcErrors / 4),
  };
}

/** Reference signal received power (dBm) and quality (dB) of a cellular modem. */
export function lteSignalsAt(
  seed: number,
  device: number,
  atMs: number,
): { rsrpDbm: number; rsrqDb: number } {
  const place = unitOf(seed, device, STREAM.length);
  const now = unitOf(seed, device, STREAM.rain, Math.floor(atMs / MINUTE));
  return { rsrpDbm: -75 - 38 * place + 4 * (now - 0.5), rsrqDb: -6 - 9 * place };
}
