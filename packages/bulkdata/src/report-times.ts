import type { TimeDropReason } from '@cpemon/domain';
import { readDeviceTime } from '@cpemon/domain';
import type { BulkReport } from './bulk-report.js';

/** When a report was made, and how much older it is than the newest of its body. */
export interface ReportTime {
  /** RFC 3339 UTC with milliseconds; absent when there is none that can be believed. */
  time?: string;
  /** As it was sent, when it is not `time`. */
  rawTime?: string;
  dropped?: TimeDropReason;
  /** Whether `rawTime` tells this report from another one all the same. */
  isComparable: boolean;
  /** Milliseconds; absent for the newest, and where the times do not tell. */
  behindMs?: number;
  /** Where the times do not tell: how many reports come after it. */
  behindReports?: number;
}

/** What lies further apart was measured by two clocks. */
const FURTHEST_BEHIND_MS = 31 * 86_400_000;

/**
 * The times of the reports of a body. A believable CollectionTime is the device's time. What a wrong clock says still tells
 * how far two reports are apart; where nothing does, they are counted (and lie an interval apart, which is a guess).
 * @param intervalSeconds of the profile, where it is known
 */
export function readReportTimes(
  reports: readonly BulkReport[],
  nowMs: number,
  intervalSeconds: number | undefined,
): ReportTime[] {
  const clocks = reports.map(({ collectionTime }) => readClock(collectionTime, nowMs));
  const last = clocks.at(-1);
  // By the newest report that the same clock, right or wrong, has measured.
  const isRight = last?.time.time !== undefined;
  const isByThatClock = ({ time, epochMs }: Clock): boolean =>
    epochMs !== undefined && (time.time !== undefined) === isRight;
  let newestMs = -Infinity;
  for (const clock of clocks) if (isByThatClock(clock)) newestMs = Math.max(newestMs, clock.epochMs!);

  return clocks.map((clock, index) => {
    const { time } = clock;
    const behindMs = isByThatClock(clock) ? newestMs - clock.epochMs! : Infinity;
    if (behindMs <= FURTHEST_BEHIND_MS) return behindMs === 0 ? time : { ...time, behindMs };
    const behindReports = clocks.length - 1 - index;
    if (behindReports === 0) return time;
    if (intervalSeconds === undefined) return { ...time, behindReports };
    return { ...time, behindMs: Math.min(FURTHEST_BEHIND_MS, behindReports * intervalSeconds * 1000) };
  });
}

interface Clock {
  time: ReportTime;
  /** What it said, whether or not that can be believed; undefined when it said no time. */
  epochMs: number | undefined;
}

function readClock(collectionTime: string | number | undefined, nowMs: number): Clock {
  const read = readDeviceTime(collectionTime, nowMs);
  if (read === undefined) return { time: { isComparable: false }, epochMs: undefined };
  if (read.dropped === undefined) {
    return { time: { time: read.time, isComparable: true }, epochMs: Date.parse(read.time) };
  }
  const epochMs = wrongClockMs(read.raw);
  const rawTime = printable(read.raw);
  const isComparable = epochMs !== undefined;
  return {
    time: { dropped: read.dropped, isComparable, ...(rawTime === '' ? {} : { rawTime }) },
    epochMs,
  };
}

const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,9})?$/;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)([Zz]|[+-]\d\d:?\d\d)?$/;
/** Epoch numbers below this are seconds, others milliseconds. */
const FIRST_MILLISECONDS = 1e11;

/** Epoch ms of a time that was not believed; one without a zone is taken for UTC, as all of a body are. */
function wrongClockMs(raw: string): number | undefined {
  if (NUMBER.test(raw)) {
    const epoch = Number(raw);
    return Math.trunc(Math.abs(epoch) < FIRST_MILLISECONDS ? epoch * 1000 : epoch);
  }
  const [, day, clock, zone = 'Z'] = TIMESTAMP.exec(raw) ?? [];
  if (day === undefined) return undefined;
  const epochMs = Date.parse(`${day}T${clock}${zone}`);
  // The first moment of year 1 stands for an unknown time (TR-106 Amendment 8, 3.2).
  return Number.isFinite(epochMs) && !day.startsWith('0001-01-01') ? epochMs : undefined;
}

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
