import type { DeviceRecord, ReportRate, SourceRecord } from './device-record.js';
import type { CpeEvent } from './event.js';
import { timelineIdentity, type TimelineEntry } from './timeline.js';

/** Reports a minute up to which nobody is chatty. */
export const QUIET_PER_MINUTE = 6;
const TIMES_DECLARED = 3;
const TIMES_USUAL = 10;
/** Whoever reports more often than this is expected to declare it: what is learnt counts as no shorter interval. */
const SHORTEST_USUAL_SECONDS = 10;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Reports of a source that lie further apart are of a quiet one. */
const QUIET_APART_MS = MINUTE_MS / QUIET_PER_MINUTE;
/** Reports are counted over this time: a boot makes a device say a dozen things within a minute. */
export const RATE_WINDOW_MS = 5 * MINUTE_MS;
/** A chatty device is so no longer when it has kept to this share of its limit for so long. */
const NORMAL_SHARE = 0.8;
export const NORMAL_AGAIN_MS = 15 * MINUTE_MS;
/** Below this share of its limit a device is not worth counting. */
const NEAR_SHARE = 0.5;

/** `data` of a row of the timeline. */
export interface ChattyChange {
  chatty: boolean;
}

/** Whether the device reports far more often than it says, or than it used to; its events count as any other's. */
export const isChatty = ({ reportRate }: Pick<DeviceRecord, 'reportRate'>): boolean =>
  reportRate !== null && reportRate.chattySince !== null;

/**
 * How long one sample of a source's metric stands for all of a chatty device, ms: what history keeps of a quiet device is
 * not thinned, so no longer than the interval that the source declares.
 */
export const thinningMs = ({ declaredSeconds }: Pick<SourceRecord, 'declaredSeconds'>): number =>
  declaredSeconds === null ? QUIET_APART_MS : Math.min(declaredSeconds * 1000, QUIET_APART_MS);

/**
 * Whether a value is one more than history keeps of a chatty device: another one stands in the same stretch of time. By
 * times of the device alone, so that the log applied again gives the same samples.
 * @param at and @param storedAt times of the values, epoch ms; -Infinity where none is stored
 */
export const isOneMore = (at: number, storedAt: number, everyMs: number): boolean =>
  Math.floor(at / everyMs) === Math.floor(storedAt / everyMs);

/**
 * Counts a report that is about to be applied. A device is chatty when, over five minutes, it has sent more than six
 * reports a minute, and more than three times as many as its sources declare and ten times as many as was usual of those
 * that declare nothing. Nothing is kept of a device none of whose sources comes near that.
 *
 * A repeat is no report: what has no effect does not count, and counts are the same when the log is applied again.
 * Reports are as far apart as they were received or made, whichever is more: a device that sends a day's reports at once
 * is late, not chatty.
 * @param source as it was before the report
 * @param seenAt when the report shows that the device lived, epoch ms
 * @param timeline receives that the device has become chatty, or normal again
 */
export function noteReportRate(
  record: DeviceRecord,
  source: SourceRecord,
  event: CpeEvent,
  seenAt: number,
  deviceTime: number | null,
  timeline: TimelineEntry[],
): void {
  const seenApartMs = Math.abs(seenAt - source.lastSeenAt);
  if (record.reportRate === null && !(seenApartMs < QUIET_APART_MS)) return;
  if (!isReport(event)) return;
  const madeApartMs = deviceTime === null ? 0 : Math.abs(deviceTime - source.newestAt);
  const apartMs = Math.max(seenApartMs, madeApartMs);
  const isNear = apartMs < nearMs(source);
  if (record.reportRate === null && !isNear) return;

  const now = Math.max(seenAt, record.lastSeenAt);
  const rate = (record.reportRate ??= newReportRate(record, source.lastSeenAt, now));
  const unseenMs = apartMs - (now - source.lastSeenAt);
  // A clock may jump by years; of a jump no more is believed than it takes to end one count.
  if (unseenMs > 0) rate.countedSince -= Math.min(unseenMs, RATE_WINDOW_MS);
  rate.reports += 1;
  const limit = limitPerMinute(record, rate, now);
  const minutes = (now - rate.countedSince) / MINUTE_MS;
  const perMinute = rate.reports / minutes;
  const isOver = now - rate.countedSince >= RATE_WINDOW_MS;

  if (isOver ? perMinute > limit : rate.reports > (limit * RATE_WINDOW_MS) / MINUTE_MS) {
    if (rate.chattySince === null) {
      rate.chattySince = now;
      tell(record, event, now, true, timeline);
    }
    rate.normalMs = 0;
    countAnew(rate, now);
  } else if (rate.chattySince === null) {
    if (!isNear && perMinute <= limit * NEAR_SHARE) record.reportRate = null;
    else if (isOver) countAnew(rate, now);
  } else if (isOver) {
    rate.normalMs = perMinute <= limit * NORMAL_SHARE ? rate.normalMs + now - rate.countedSince : 0;
    countAnew(rate, now);
    if (rate.normalMs < NORMAL_AGAIN_MS) return;
    record.reportRate = null;
    tell(record, event, now, false, timeline);
  }
}

/**
 * Of its own accord, and now: not a further request of its session, nor what an ACS does with it, nor a report that was
 * retained and comes with another.
 */
function isReport({ type, data }: CpeEvent): boolean {
  if (data.behind_ms !== undefined || data.behind_reports !== undefined) return false;
  if (data.occurrence !== undefined && data.occurrence !== 'inform') return false;
  return type !== 'cpemon.rpc.v1' && type !== 'cpemon.parameters.v1';
}

/** How close two reports of a source lie when it goes beyond what it may by itself. */
function nearMs({ declaredSeconds, learntSeconds }: SourceRecord): number {
  if (declaredSeconds !== null) return Math.min((declaredSeconds * 1000) / TIMES_DECLARED, QUIET_APART_MS);
  if (learntSeconds === null) return QUIET_APART_MS;
  return Math.min((usualSeconds(learntSeconds) * 1000) / TIMES_USUAL, QUIET_APART_MS);
}

const usualSeconds = (learntSeconds: number): number => Math.max(learntSeconds, SHORTEST_USUAL_SECONDS);

function newReportRate(record: DeviceRecord, countedSince: number, now: number): ReportRate {
  const usualPerMinute = learntPerMinute(record, now);
  return { countedSince, reports: 0, usualPerMinute, chattySince: null, normalMs: 0 };
}

function countAnew(rate: ReportRate, now: number): void {
  rate.countedSince = now;
  rate.reports = 0;
}

/** Reports a minute above which the device is chatty. What was usual is what it was before the device became so. */
function limitPerMinute(record: DeviceRecord, rate: ReportRate, now: number): number {
  const { chattySince, usualPerMinute } = rate;
  const isUsualByNow = chattySince === null ? usualPerMinute === 0 : now - chattySince > DAY_MS;
  if (isUsualByNow) rate.usualPerMinute = learntPerMinute(record, now);
  let declared = 0;
  for (const { declaredSeconds, lastSeenAt } of record.sources) {
    if (declaredSeconds !== null && now - lastSeenAt < DAY_MS) declared += 60 / declaredSeconds;
  }
  return Math.max(QUIET_PER_MINUTE, TIMES_DECLARED * declared + TIMES_USUAL * rate.usualPerMinute);
}

/** Reports a minute, in thousandths, of the sources that declare nothing; 0 while nothing is learnt of them. */
function learntPerMinute({ sources }: DeviceRecord, now: number): number {
  let learnt = 0;
  for (const { declaredSeconds, learntSeconds, lastSeenAt } of sources) {
    if (declaredSeconds !== null || learntSeconds === null || now - lastSeenAt >= DAY_MS) continue;
    learnt += 60 / usualSeconds(learntSeconds);
  }
  return Math.round(learnt * 1000) / 1000;
}

function tell(
  record: DeviceRecord,
  { source, id }: CpeEvent,
  at: number,
  chatty: boolean,
  timeline: TimelineEntry[],
): void {
  const data: ChattyChange = { chatty };
  timeline.push({ record, at, kind: 'chatty', identity: timelineIdentity(source, id), data });
}
