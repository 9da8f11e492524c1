import { countDrop, type DropCounts } from '@cpemon/contracts';
import { readDeviceTime } from '@cpemon/domain';

/** What the CurrentTime of an Inform says. */
export interface InformTime {
  /** RFC 3339 UTC with milliseconds; absent when there is none that can be believed. */
  time?: string;
  /** As it was sent, when it is not `time`. */
  rawTime?: string;
  /** Where the clock was never set, CurrentTime is the time since boot. */
  uptimeSeconds?: number;
}

/**
 * Reads a CurrentTime (TR-069 Amendment 6, A.3.3.1). It is local time, often without a zone, and often wrong: what cannot
 * be believed is counted and kept as text.
 * @param nowMs our clock, epoch ms
 */
export function readInformTime(text: string, nowMs: number, drops: DropCounts): InformTime {
  const read = readDeviceTime(text, nowMs);
  if (read === undefined) return {};
  if (read.dropped === undefined) return { time: read.time };
  const uptimeSeconds = readTimeSinceBoot(text);
  countDrop(drops, uptimeSeconds === undefined ? read.dropped : 'time_since_boot');
  const raw = printable(read.raw);
  return {
    ...(raw === '' ? {} : { rawTime: raw }),
    ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
  };
}

const TIME_SINCE_BOOT = /^\s*(0\d{3})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,]\d{1,9})?\s*$/;
/** The first moment of year 1: no time since boot (TR-106 Amendment 8, 3.2). */
const YEAR_1_MS = new Date(0).setUTCFullYear(1, 0, 1);
/** As long as an uptime of 32 bits can be. */
const LONGEST_UPTIME_SECONDS = 4_294_967_295;

/**
 * A time without a zone and with a year below 1000 is the time since boot: 0001-01-03T03:04:05 is 2 days, 3 hours,
 * 4 minutes and 5 seconds (TR-069 Amendment 6, 3.2 and A.2.1). With a zone, 0001-01-01T00:00:00Z is "unknown".
 */
export function readTimeSinceBoot(text: string): number | undefined {
  const match = TIME_SINCE_BOOT.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = Math.round((new Date(0).setUTCFullYear(year, month - 1, day) - YEAR_1_MS) / 86_400_000);
  const seconds = days * 86_400 + (hour * 60 + minute) * 60 + second;
  return seconds <= LONGEST_UPTIME_SECONDS ? seconds : undefined;
}

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
