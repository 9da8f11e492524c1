import type { RowDataPacket } from 'mysql2/promise';
import type { Connection } from '@cpemon/database';
import {
  DAY_MS,
  HOUR_MS,
  packSamples,
  rollUpDays,
  rollUpHours,
  unpackRollups,
  unpackSamples,
  unpackSeries,
  type HistoryPoint,
  type RollupSpan,
  type Sample,
  type SampleSeries,
} from '@cpemon/history';
import { readHistoryMarks, type HistoryMarks, type HistoryTier } from './history-marks.js';
import { readPayloads, type SpanTable } from './history-rows.js';
import { slicesOfDay } from './roll-up-days.js';
import { SLICES_A_DAY, SLICE_MS, groupOf, sliceOf } from './slices.js';
import { readUnpackedSamples, type HistoryDevice } from './unpacked-samples.js';

export interface HistoryWish {
  /** Which metrics; of samples those of every source. */
  metrics: readonly string[];
  /** Epoch ms, `to` exclusive. */
  from: number;
  to: number;
  /** As many points are wanted. */
  points: number;
}

export interface History {
  tier: HistoryTier;
  /** By metric, in the order of time; where nothing was read there is no point. */
  points: Map<string, HistoryPoint[]>;
}

/**
 * The history of a device in the finest tier that has the whole span, unless the points that are asked for are so far
 * apart that a coarser one says as much. What is not at rest yet counts as if it were.
 */
export async function readHistory(
  connection: Connection,
  device: HistoryDevice,
  wish: HistoryWish,
): Promise<History> {
  const marks = await readHistoryMarks(connection);
  const tier = tierOf(wish, marks);
  const from = Math.max(wish.from, marks[tier] * (tier === 'samples' ? SLICE_MS : DAY_MS));
  const span = { ...wish, from };
  if (tier === 'samples') return { tier, points: await samplePoints(connection, device, span) };
  const hours = tier === 'hours' ? await readHours(connection, device, span) : undefined;
  const spans = hours ?? (await readDays(connection, device, span));
  return { tier, points: rollupPoints(spans, tier === 'hours' ? HOUR_MS : DAY_MS, span) };
}

function tierOf({ from, to, points }: HistoryWish, marks: HistoryMarks): HistoryTier {
  const widthMs = (to - from) / points;
  if (widthMs < HOUR_MS && sliceOf(from) >= marks.samples) return 'samples';
  return widthMs < DAY_MS && from >= marks.hours * DAY_MS ? 'hours' : 'days';
}

async function samplePoints(
  connection: Connection,
  device: HistoryDevice,
  { metrics, from, to }: HistoryWish,
): Promise<Map<string, HistoryPoint[]>> {
  const only = metrics.length === 1 ? metrics[0] : undefined;
  const atRest = await readSpans(
    connection,
    'history_samples',
    device,
    range(sliceOf(from), sliceOf(to - 1)),
  );
  const waiting = bySlice(await readUnpackedSamples(connection, device, from));
  const points = new Map(metrics.map((metric) => [metric, [] as HistoryPoint[]]));
  for (const slice of new Set([...atRest.keys(), ...waiting.keys()])) {
    for (const series of seriesOfSlice(atRest.get(slice), waiting.get(slice), only))
      for (const metric of metrics) addReadings(points.get(metric)!, series, metric, from, to);
  }
  for (const line of points.values()) line.sort((one, other) => one.t - other.t);
  return points;
}

function addReadings(
  points: HistoryPoint[],
  { times, metrics }: SampleSeries,
  metric: string,
  from: number,
  to: number,
): void {
  const values = metrics.get(metric);
  if (values === undefined) return;
  for (let n = 0; n < times.length; n += 1) {
    const [t, value] = [times[n]!, values[n]!];
    if (t < from || t >= to || Number.isNaN(value)) continue;
    points.push({ t, min: value, mean: value, max: value, last: value, count: 1 });
  }
}

/** The samples of a slice, each once: at rest and not yet. */
function seriesOfSlice(
  payload: Buffer | undefined,
  waiting: readonly Sample[] | undefined,
  only?: string,
): SampleSeries[] {
  if (waiting === undefined) return payload === undefined ? [] : unpackSeries(payload, only);
  const known = payload === undefined ? [] : unpackSamples(payload);
  return unpackSeries(packSamples([...known, ...waiting]), only);
}

/** The hours of a span. Those of days that are not rolled up, or have samples that are not at rest, are made of these. */
async function readHours(
  connection: Connection,
  device: HistoryDevice,
  { metrics, from, to }: HistoryWish,
): Promise<RollupSpan[]> {
  const wanted = new Set(metrics);
  const days = range(Math.floor(from / DAY_MS), Math.floor((to - 1) / DAY_MS));
  const rolledUp = await readSpans(connection, 'history_hours', device, days);
  const waiting = bySlice(await readUnpackedSamples(connection, device, days[0]! * DAY_MS));
  const touched = new Set([...waiting.keys()].map((slice) => Math.floor(slice / SLICES_A_DAY)));
  const due = await readDueDays(connection, device);
  const made = days.filter((day) => !rolledUp.has(day) || touched.has(day) || due.has(day));
  const atRest = await readSpans(connection, 'history_samples', device, made.flatMap(slicesOfDay));
  const hours: RollupSpan[] = [];
  for (const day of days) {
    const known = rolledUp.get(day);
    if (!made.includes(day)) {
      hours.push(...unpackRollups(known!, wanted));
      continue;
    }
    const series = slicesOfDay(day).flatMap((slice) => seriesOfSlice(atRest.get(slice), waiting.get(slice)));
    // Of a day whose samples are let go its roll-ups are all there is.
    if (series.length > 0) hours.push(...rollUpHours(series));
    else if (known !== undefined) hours.push(...unpackRollups(known, wanted));
  }
  return hours;
}

/** The days of a span; those that are not rolled up, or have samples that are not at rest, are made of their hours. */
async function readDays(
  connection: Connection,
  device: HistoryDevice,
  wish: HistoryWish,
): Promise<RollupSpan[]> {
  const wanted = new Set(wish.metrics);
  const all = range(Math.floor(wish.from / DAY_MS), Math.floor((wish.to - 1) / DAY_MS));
  const days = new Map<number, RollupSpan>();
  for (const [day, payload] of await readSpans(connection, 'history_days', device, all))
    for (const span of unpackRollups(payload, wanted)) days.set(day, span);
  const waiting = bySlice(await readUnpackedSamples(connection, device, all[0]! * DAY_MS));
  const changed = await readDueDays(connection, device);
  for (const slice of waiting.keys()) changed.add(Math.floor(slice / SLICES_A_DAY));
  for (const day of all) {
    if (!changed.has(day)) continue;
    const hours = await readHours(connection, device, {
      ...wish,
      from: day * DAY_MS,
      to: (day + 1) * DAY_MS,
    });
    for (const made of rollUpDays(hours)) days.set(made.span, made);
  }
  return [...days].sort(([one], [other]) => one - other).map(([, span]) => span);
}

/** Days of a device whose roll-ups are to be made, or made anew. */
async function readDueDays(connection: Connection, { deviceId }: HistoryDevice): Promise<Set<number>> {
  const [rows] = await connection.query<RowDataPacket[]>(
    'SELECT day FROM history_due WHERE device_group = ?',
    [groupOf(deviceId)],
  );
  return new Set(rows.map((row) => Number(row['day'])));
}

function rollupPoints(
  spans: readonly RollupSpan[],
  widthMs: number,
  { metrics, from, to }: HistoryWish,
): Map<string, HistoryPoint[]> {
  const points = new Map(metrics.map((metric) => [metric, [] as HistoryPoint[]]));
  for (const { span, metrics: own } of spans) {
    const t = span * widthMs;
    // A span that begins before `from` and reaches into it belongs to it.
    if (t + widthMs <= from || t >= to) continue;
    for (const metric of metrics) {
      const rollup = own.get(metric);
      if (rollup !== undefined) points.get(metric)!.push({ t: Math.max(t, from), ...rollup });
    }
  }
  return points;
}

/** Payloads of a device by slice, or day. */
async function readSpans(
  connection: Connection,
  table: SpanTable,
  { deviceId }: HistoryDevice,
  spans: readonly number[],
): Promise<Map<number, Buffer>> {
  return (
    (await readPayloads(connection, table, [deviceId], spans)).get(deviceId) ?? new Map<number, Buffer>()
  );
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);

function bySlice(samples: readonly Sample[]): Map<number, Sample[]> {
  const slices = new Map<number, Sample[]>();
  for (const sample of samples) {
    const slice = sliceOf(sample.at);
    const own = slices.get(slice);
    if (own === undefined) slices.set(slice, [sample]);
    else own.push(sample);
  }
  return slices;
}
