import type { DropCounts, DropReason } from '@cpemon/contracts';
import { readParameters, redactParameters, type ParameterSender } from '@cpemon/device-models';
import type { AttributeName, CpeEvent, ParameterValues, ReportData } from '@cpemon/domain';

/** Times that lie closer are of one session, in which an ACS reads value after value. */
const ONE_SESSION_MS = 60_000;
/** Sessions that are told apart; the values of those before count as read in the oldest of them. */
const SESSIONS = 8;

/**
 * Puts what an event's parameters say into its attributes and metrics, each with the time at which the ACS read it, and
 * takes the secrets out of the parameters. What the ACS said in names of ours stays as it is.
 * @param drops counted up by what was left out
 */
export function completeEvent(event: CpeEvent, drops: DropCounts): void {
  const { data } = event;
  const { parameters } = data;
  if (parameters === undefined) return;
  const sender: ParameterSender = {
    manufacturer: data.attributes?.manufacturer ?? '',
    oui: event.oui ?? '',
    productClass: event.productclass ?? '',
  };
  const eventAt = event.time === undefined ? Infinity : Date.parse(event.time);
  const attributes: NonNullable<ReportData['attributes']> = { ...data.attributes };
  const metrics: NonNullable<ReportData['metrics']> = { ...data.metrics };
  const readAt: Record<string, string> = {};
  let unread: DropCounts = {};

  for (const { at, values } of bySession(parameters)) {
    const readings = readParameters(values, sender);
    unread = readings.dropped;
    const isOlder = at !== undefined && Date.parse(at) < eventAt;
    for (const name of Object.keys(readings.attributes) as AttributeName[]) {
      if (attributes[name] !== undefined) continue;
      attributes[name] = readings.attributes[name]!;
      if (isOlder) readAt[name] = at;
    }
    for (const name of Object.keys(readings.metrics)) {
      if (metrics[name] !== undefined) continue;
      metrics[name] = readings.metrics[name]!;
      if (isOlder) readAt[name] = at;
    }
    if (readings.intervalSeconds !== undefined) data.interval_seconds ??= readings.intervalSeconds;
  }
  // The last reading was that of all parameters.
  addDrops(drops, unread);
  const redacted = redactParameters(parameters);
  addDrops(drops, redacted.dropped);
  if (redacted.leftOut > 0) data.parameters_left_out = redacted.leftOut;
  data.parameters = redacted.parameters;
  if (!isEmpty(attributes)) data.attributes = attributes;
  if (!isEmpty(metrics)) data.metrics = metrics;
  if (!isEmpty(readAt)) data.read_at = readAt;
}

/** Parameters that are at least as new as `at`; undefined where none has a time. */
interface Session {
  at: string | undefined;
  values: ParameterValues;
}

/**
 * The parameters of the newest session, of the newest two, and so on. A value that is worked out of several is then as
 * old as the oldest of them: it is found first where the last of its parts joins.
 */
function bySession(parameters: ParameterValues): Session[] {
  const told: { path: string; atMs: number; at: string | undefined }[] = Object.keys(parameters).map(
    (path) => {
      const at = parameters[path]?.at;
      return { path, at, atMs: at === undefined ? Infinity : Date.parse(at) };
    },
  );
  told.sort((one, other) => other.atMs - one.atMs);
  const sessions: Session[] = [];
  let beganMs = NaN;
  for (const { path, at, atMs } of told) {
    let last = sessions.at(-1);
    const isNext = last === undefined || !(beganMs === atMs || beganMs - atMs < ONE_SESSION_MS);
    if (isNext && sessions.length < SESSIONS) {
      last = { at, values: { ...last?.values } };
      sessions.push(last);
      beganMs = atMs;
    }
    // The oldest of a session speaks for it.
    last!.at = at;
    last!.values[path] = parameters[path]!;
  }
  return sessions;
}

function addDrops(drops: DropCounts, more: DropCounts): void {
  for (const reason of Object.keys(more) as DropReason[]) {
    drops[reason] = (drops[reason] ?? 0) + (more[reason] ?? 0);
  }
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;
