import { unitOf } from './seeded-random.js';
import type { VendorModel } from './models/model-file.js';

/** What a virtual CPE measures at one moment; undefined where its model does not report the signal. */
export interface Signals {
  cpuPercent: number;
  memoryPercent: number;
  uptimeSeconds: number;
  temperatureCelsius: number | undefined;
  rxPowerDbm: number | undefined;
  txPowerDbm: number | undefined;
  wifiClients: number;
  wanRxBytes: number;
  wanTxBytes: number;
}

/** What has happened to a device beside what happens to it by itself. */
export interface Condition {
  /** A boot that was caused from outside, epoch milliseconds; 0: none. */
  bootMs: number;
  /** dB of light lost on the way beyond what is usual. */
  opticalLossDb: number;
}

const USUAL: Condition = { bootMs: 0, opticalLossDb: 0 };

const STREAM = {
  bootPeriod: 20,
  bootOffset: 21,
  busy: 22,
  memory: 23,
  climate: 24,
  fibre: 25,
  laser: 26,
  household: 27,
  rate: 28,
  age: 29,
  noise: 40,
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVENING_PEAK_MS = 20.5 * HOUR;
const DAILY_SWING = 0.6;

/**
 * The signals of a device at a time. A pure function: nothing is stored for a device, a repeated call repeats the
 * values, and the same seed at the same time is the same traffic. Walks are noise between seeded points.
 * @param atMs epoch milliseconds
 */
export function signalsAt(
  seed: number,
  device: number,
  model: VendorModel,
  atMs: number,
  { bootMs, opticalLossDb }: Condition = USUAL,
): Signals {
  const draw = (stream: number): number => unitOf(seed, device, stream);
  const walk = (signal: number, periodMs: number): number =>
    wander(seed, device, STREAM.noise + signal, atMs / periodMs);

  const load = dailyLoad(atMs);
  const cpuPercent = clamp(
    4 +
      14 * draw(STREAM.busy) +
      18 * load * draw(STREAM.household) +
      7 * walk(0, 5 * MINUTE) +
      4 * walk(1, MINUTE),
    1,
    100,
  );
  const ownUptimeMs = sinceBootMs(seed, device, atMs);
  const uptimeMs = bootMs > 0 ? Math.min(ownUptimeMs, Math.max(0, atMs - bootMs)) : ownUptimeMs;
  const bytes = (bitsPerSecond: number): number =>
    Math.floor((bitsPerSecond / 8 / SECOND) * (trafficUntil(atMs) - trafficUntil(atMs - uptimeMs)));
  const downBitsPerSecond = 1e5 + 8e6 * draw(STREAM.rate) ** 3;
  const fibre = model.access === 'fibre';

  return {
    cpuPercent,
    memoryPercent: clamp(
      32 + 34 * draw(STREAM.memory) + 3 * walk(2, HOUR) + (4 * uptimeMs) / (90 * DAY),
      5,
      99,
    ),
    uptimeSeconds: Math.floor(uptimeMs / SECOND),
    temperatureCelsius: model.hasTemperature
      ? 40 + 8 * draw(STREAM.climate) + 0.12 * cpuPercent + 1.5 * load + walk(3, 20 * MINUTE)
      : undefined,
    rxPowerDbm: fibre
      ? -15 -
        9 * draw(STREAM.fibre) +
        0.2 * walk(4, 30 * MINUTE) -
        opticalAgeDb(seed, device, atMs) -
        opticalLossDb
      : undefined,
    txPowerDbm: fibre ? 1.8 + draw(STREAM.laser) + 0.05 * walk(5, 30 * MINUTE) : undefined,
    wifiClients: Math.round(
      clamp((2 + 12 * draw(STREAM.household)) * (0.4 + 0.6 * load) + 1.5 * walk(6, 15 * MINUTE), 0, 64),
    ),
    wanRxBytes: bytes(downBitsPerSecond),
    wanTxBytes: bytes(downBitsPerSecond * 0.12),
  };
}

/** Every device restarts now and then, each in a rhythm of its own of 10 to 90 days. */
function sinceBootMs(seed: number, device: number, atMs: number): number {
  const periodMs = (10 + 80 * unitOf(seed, device, STREAM.bootPeriod)) * DAY;
  const offsetMs = unitOf(seed, device, STREAM.bootOffset) * periodMs;
  return (atMs + offsetMs) % periodMs;
}

/** A laser and its connectors lose up to half a dB in ten years; boxes are of different ages. */
function opticalAgeDb(seed: number, device: number, atMs: number): number {
  const tenYears = 3652 * DAY;
  return 0.5 * ((atMs / tenYears + unitOf(seed, device, STREAM.age)) % 1);
}

/** 0 in the early morning to 1 in the evening, UTC. */
function dailyLoad(atMs: number): number {
  return 0.5 + 0.5 * Math.cos(((atMs - EVENING_PEAK_MS) / DAY) * 2 * Math.PI);
}

/** Integral of (1 + swing × daily curve): a byte counter built on it never runs backwards. */
function trafficUntil(atMs: number): number {
  const turn = (2 * Math.PI) / DAY;
  return atMs + (DAILY_SWING / turn) * Math.sin((atMs - EVENING_PEAK_MS) * turn);
}

/** A smooth random walk in −1…1: seeded values at the whole numbers, eased between them. */
function wander(seed: number, device: number, stream: number, position: number): number {
  const step = Math.floor(position);
  const from = unitOf(seed, device, stream, step);
  const to = unitOf(seed, device, stream, step + 1);
  const part = position - step;
  return 2 * (from + (to - from) * part * part * (3 - 2 * part)) - 1;
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
