import {
  HEALTHS,
  REACHABILITIES,
  type DeviceRecord,
  type RepeatMemory,
  type ReportRate,
  type Restlessness,
  type SourceRecord,
} from '@cpemon/domain';
import { healthCountCode } from '@cpemon/store';
import type { CachedDevice } from '../cached-device.js';
import {
  readNear,
  readNumber,
  readUint,
  writeNear,
  writeNumber,
  writeUint,
  type ByteRun,
} from './byte-run.js';
import type { CellHead } from './cell-head.js';
import { readWord, writeWord } from './known-words.js';
import { hasHealthToPack, packHealth, unpackHealth } from './packed-health.js';
import { packReport, unpackReport, type Vocabulary } from './packed-report.js';

/** Beside the reachability: the device has a memory of repeats, its reports are counted, it is restless. */
const REPEATS = 4;
const RATE = 8;
const RESTLESS = 16;
/** … and how its health is, what else rules know of it, that it has labels. */
const FIRST_HEALTH = 32;
const HEALTH_BITS = FIRST_HEALTH * (4 - 1);
const RULED = 128;
const LABELLED = 256;
/** … and that it went by another product class. */
const RENAMED = 512;

/** Writes all of a device but its head and serial number. Times are written as distances from each other. */
export function packDevice(run: ByteRun, vocabulary: Vocabulary, device: CachedDevice): void {
  const { record } = device;
  const { words } = vocabulary;
  writeUint(
    run,
    REACHABILITIES.indexOf(record.reachability) |
      (record.repeats === null ? 0 : REPEATS) |
      (record.reportRate === null ? 0 : RATE) |
      (record.restlessness === null ? 0 : RESTLESS) |
      (HEALTHS.indexOf(record.health) * FIRST_HEALTH) |
      (hasHealthToPack(record) ? RULED : 0) |
      (record.labelSetId === 0 ? 0 : LABELLED) |
      (record.formerClass === null ? 0 : RENAMED),
  );
  writeWord(run, words, record.reason);
  writeWord(run, words, record.oui);
  writeWord(run, words, record.productClass);
  writeWord(run, words, device.swVersion);
  writeWord(run, words, device.manufacturer);
  writeWord(run, words, device.model);
  const seenAt = record.lastSeenAt;
  writeNear(run, seenAt, record.quietUntil);
  writeNear(run, record.firstSeenAt, seenAt);
  writeNear(run, record.since, seenAt);
  writeNear(run, record.healthSince, seenAt);
  if (record.labelSetId !== 0) writeNumber(run, record.labelSetId);
  writeNumber(run, record.lastSequence);
  writeNumber(run, record.applied);
  writeNumber(run, record.duplicates);
  writeNumber(run, record.late);
  packIdentities(run, record.recentIdentities);
  if (record.repeats !== null) packRepeats(run, record.repeats, seenAt);
  if (record.reportRate !== null) packRate(run, record.reportRate, seenAt);
  if (record.restlessness !== null) packRestlessness(run, record.restlessness, seenAt);
  if (hasHealthToPack(record)) packHealth(run, words, record, seenAt);
  if (record.formerClass !== null) {
    writeWord(run, words, record.formerClass.productClass);
    writeNear(run, record.formerClass.until, seenAt);
  }
  writeUint(run, record.sources.length);
  for (const source of record.sources) packSource(run, vocabulary, source, record);
}

export function unpackDevice(
  run: ByteRun,
  vocabulary: Vocabulary,
  serialNumber: string,
  head: CellHead,
): CachedDevice {
  const { words } = vocabulary;
  const first = readUint(run);
  const reachability = REACHABILITIES[first & (REPEATS - 1)]!;
  const reason = readWord(run, words)!;
  const oui = readWord(run, words)!;
  const productClass = readWord(run, words)!;
  const swVersion = readWord(run, words);
  const manufacturer = readWord(run, words);
  const model = readWord(run, words);
  const lastSeenAt = readNear(run, head.quietUntil);
  const record: DeviceRecord = {
    deviceId: head.deviceId,
    serialNumber,
    oui,
    productClass,
    formerClass: null,
    firstSeenAt: readNear(run, lastSeenAt),
    lastSeenAt,
    lastSequence: 0,
    reachability,
    reason,
    since: readNear(run, lastSeenAt),
    health: HEALTHS[(first & HEALTH_BITS) / FIRST_HEALTH]!,
    healthReason: '',
    healthSince: readNear(run, lastSeenAt),
    conditions: null,
    baselines: null,
    anchors: null,
    labelSetId: (first & LABELLED) === 0 ? 0 : readNumber(run),
    applied: 0,
    duplicates: 0,
    late: 0,
    recentIdentities: [],
    repeats: null,
    reportRate: null,
    restlessness: null,
    sources: [],
    quietUntil: head.quietUntil,
  };
  record.lastSequence = readNumber(run);
  record.applied = readNumber(run);
  record.duplicates = readNumber(run);
  record.late = readNumber(run);
  unpackIdentities(run, record.recentIdentities);
  if ((first & REPEATS) !== 0) record.repeats = unpackRepeats(run, lastSeenAt);
  if ((first & RATE) !== 0) record.reportRate = unpackRate(run, lastSeenAt);
  if ((first & RESTLESS) !== 0) record.restlessness = unpackRestlessness(run, lastSeenAt);
  if ((first & RULED) !== 0) unpackHealth(run, words, record, lastSeenAt);
  if ((first & RENAMED) !== 0) {
    record.formerClass = { productClass: readWord(run, words)!, until: readNear(run, lastSeenAt) };
  }
  for (let left = readUint(run); left > 0; left -= 1) {
    record.sources.push(unpackSource(run, vocabulary, record));
  }
  // A device at rest is counted as it is.
  const healthCounted = healthCountCode(record.reachability, record.health);
  const { wheelBucket } = head;
  return { record, swVersion, manufacturer, model, healthCounted, wheelBucket, changedIn: 0 };
}

function packRepeats(
  run: ByteRun,
  { retryCount, startedAt, told, transfers }: RepeatMemory,
  seenAt: number,
): void {
  writeNumber(run, retryCount);
  writeUint(run, startedAt === null ? 0 : 1);
  if (startedAt !== null) writeNear(run, startedAt, seenAt);
  packIdentities(run, told);
  packIdentities(run, transfers);
}

function unpackRepeats(run: ByteRun, seenAt: number): RepeatMemory {
  const repeats: RepeatMemory = { retryCount: readNumber(run), startedAt: null, told: [], transfers: [] };
  if (readUint(run) === 1) repeats.startedAt = readNear(run, seenAt);
  unpackIdentities(run, repeats.told);
  unpackIdentities(run, repeats.transfers);
  return repeats;
}

function packRate(run: ByteRun, rate: ReportRate, seenAt: number): void {
  writeNear(run, rate.countedSince, seenAt);
  writeNumber(run, rate.reports);
  writeNumber(run, rate.usualPerMinute);
  writeNumber(run, rate.normalMs);
  writeUint(run, rate.chattySince === null ? 0 : 1);
  if (rate.chattySince !== null) writeNear(run, rate.chattySince, seenAt);
}

function unpackRate(run: ByteRun, seenAt: number): ReportRate {
  const rate: ReportRate = {
    countedSince: readNear(run, seenAt),
    reports: readNumber(run),
    usualPerMinute: readNumber(run),
    normalMs: readNumber(run),
    chattySince: null,
  };
  if (readUint(run) === 1) rate.chattySince = readNear(run, seenAt);
  return rate;
}

function packRestlessness(run: ByteRun, restless: Restlessness, seenAt: number): void {
  const { bootAt, boots, loopSince, returns, flappingSince } = restless;
  for (const at of [bootAt, loopSince, flappingSince]) packTimes(run, at === null ? [] : [at], seenAt);
  packTimes(run, boots, seenAt);
  packTimes(run, returns, seenAt);
}

function unpackRestlessness(run: ByteRun, seenAt: number): Restlessness {
  const [bootAt = null] = unpackTimes(run, seenAt);
  const [loopSince = null] = unpackTimes(run, seenAt);
  const [flappingSince = null] = unpackTimes(run, seenAt);
  const boots = unpackTimes(run, seenAt);
  return { bootAt, boots, loopSince, returns: unpackTimes(run, seenAt), flappingSince };
}

function packTimes(run: ByteRun, times: readonly number[], base: number): void {
  writeUint(run, times.length);
  for (const time of times) writeNear(run, time, base);
}

function unpackTimes(run: ByteRun, base: number): number[] {
  const times: number[] = [];
  for (let left = readUint(run); left > 0; left -= 1) times.push(readNear(run, base));
  return times;
}

const HALF = 2 ** 24;

/** Six bytes a code: see recent-identities.ts. */
function packIdentities(run: ByteRun, codes: readonly number[]): void {
  writeUint(run, codes.length);
  const { bytes } = run;
  let { at } = run;
  for (let n = 0; n < codes.length; n += 1) {
    const code = codes[n]!;
    const high = Math.floor(code / HALF);
    const low = code - high * HALF;
    bytes[at] = high;
    bytes[at + 1] = high >>> 8;
    bytes[at + 2] = high >>> 16;
    bytes[at + 3] = low;
    bytes[at + 4] = low >>> 8;
    bytes[at + 5] = low >>> 16;
    at += 6;
  }
  run.at = at;
}

function unpackIdentities(run: ByteRun, codes: number[]): void {
  const count = readUint(run);
  const { bytes } = run;
  let { at } = run;
  for (let n = 0; n < count; n += 1) {
    const high = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    codes.push(high * HALF + (bytes[at + 3]! | (bytes[at + 4]! << 8) | (bytes[at + 5]! << 16)));
    at += 6;
  }
  run.at = at;
}

/** Bits of what is known of a source. */
const DECLARED = 1;
const LEARNT = 2;
const PERIODIC = 4;
const STEP = 8;
const BOOT = 16;
const GAPS = 32;
const SILENT = 64;

function packSource(run: ByteRun, vocabulary: Vocabulary, source: SourceRecord, record: DeviceRecord): void {
  const { declaredSeconds, learntGapsMs, learntSeconds, periodicAt, stepCandidate: step, newestAt } = source;
  const { silentSince } = source;
  writeWord(run, vocabulary.words, source.source);
  writeUint(
    run,
    (declaredSeconds === null ? 0 : DECLARED) |
      (learntSeconds === null ? 0 : LEARNT) |
      (periodicAt === null ? 0 : PERIODIC) |
      (step === null ? 0 : STEP) |
      (step?.boot === true ? BOOT : 0) |
      (learntGapsMs.length === 0 ? 0 : GAPS) |
      (silentSince === null ? 0 : SILENT),
  );
  writeNear(run, newestAt, record.lastSeenAt);
  writeNear(run, source.newestReceivedAt, record.lastSeenAt);
  writeNear(run, source.lastSeenAt, record.lastSeenAt);
  writeNear(run, source.declaredAt, newestAt);
  if (declaredSeconds !== null) writeNumber(run, declaredSeconds);
  if (learntSeconds !== null) writeNumber(run, learntSeconds);
  if (periodicAt !== null) writeNear(run, periodicAt, newestAt);
  if (step !== null) {
    writeNumber(run, step.skewMs);
    writeNear(run, step.receivedAt, newestAt);
  }
  if (learntGapsMs.length > 0) {
    writeUint(run, learntGapsMs.length);
    for (const gap of learntGapsMs) writeNumber(run, gap);
  }
  if (silentSince !== null) writeNear(run, silentSince, record.lastSeenAt);
  writeUint(run, source.reports.length);
  const near = { orderAt: newestAt, rankAt: source.newestReceivedAt, sequence: record.lastSequence };
  for (const report of source.reports) packReport(run, vocabulary, report, near);
}

function unpackSource(run: ByteRun, vocabulary: Vocabulary, record: DeviceRecord): SourceRecord {
  const name = readWord(run, vocabulary.words)!;
  const known = readUint(run);
  const newestAt = readNear(run, record.lastSeenAt);
  const source: SourceRecord = {
    source: name,
    newestAt,
    newestReceivedAt: readNear(run, record.lastSeenAt),
    lastSeenAt: readNear(run, record.lastSeenAt),
    declaredSeconds: null,
    declaredAt: readNear(run, newestAt),
    learntGapsMs: [],
    learntSeconds: null,
    periodicAt: null,
    stepCandidate: null,
    silentSince: null,
    reports: [],
  };
  if ((known & DECLARED) !== 0) source.declaredSeconds = readNumber(run);
  if ((known & LEARNT) !== 0) source.learntSeconds = readNumber(run);
  if ((known & PERIODIC) !== 0) source.periodicAt = readNear(run, newestAt);
  if ((known & STEP) !== 0) {
    const skewMs = readNumber(run);
    source.stepCandidate = { skewMs, receivedAt: readNear(run, newestAt), boot: (known & BOOT) !== 0 };
  }
  if ((known & GAPS) !== 0) {
    for (let left = readUint(run); left > 0; left -= 1) source.learntGapsMs.push(readNumber(run));
  }
  if ((known & SILENT) !== 0) source.silentSince = readNear(run, record.lastSeenAt);
  const near = { orderAt: newestAt, rankAt: source.newestReceivedAt, sequence: record.lastSequence };
  for (let left = readUint(run); left > 0; left -= 1) {
    source.reports.push(unpackReport(run, vocabulary, near));
  }
  return source;
}
