import {
  TEST_EVENT_TYPE,
  readDeviceTime,
  sourceOfObserver,
  sourceOfPath,
  type CpeEvent,
} from '@cpemon/domain';
import { countDrop, type DropCounts } from '../drop-reasons.js';
import { OBSERVATION_FIELDS } from '../report-fields.js';
import { OBSERVATION_SCHEMA } from '../observation-schema.js';
import { isRefusal, type Refusal } from '../refusal.js';
import {
  HEARTBEAT_FORMAT,
  WEBHOOK_FORMAT,
  readReport,
  type ReportFormat,
  type RequestContext,
} from '../report-reader.js';
import { compileSchema } from '../schema-validator.js';
import type { Envelope } from './envelope.js';

/** Reads the data of CloudEvents of one type. */
export type EventKind = (
  data: unknown,
  envelope: Envelope,
  /** With the event's identity. */
  request: RequestContext & { eventId: string },
  drops: DropCounts,
) => CpeEvent[] | Refusal;

/** By type; each major version is a type of its own. */
export type EventKinds = ReadonlyMap<string, EventKind>;

const HERE = { path: 'events', source: sourceOfPath('events') } as const;
const { shapes: _otherShapes, ...flatEvent } = WEBHOOK_FORMAT;

const HEARTBEAT: ReportFormat = { ...HEARTBEAT_FORMAT, ...HERE };
/** In our own form only: the shapes of other systems carry parameters, which are redacted where webhooks are read. */
const ACS_EVENT: ReportFormat = { ...flatEvent, ...HERE };
export const OBSERVATION_FORMAT: ReportFormat = {
  ...HERE,
  type: 'cpemon.observation.v1',
  isRight: compileSchema(OBSERVATION_SCHEMA),
  fields: OBSERVATION_FIELDS,
  timeNames: ['ts', 'last_seen'],
};

/** The types that are taken as CloudEvents: what speaks for a device in our own words. */
export function createEventKinds(testEvents: 'taken' | 'refused'): Map<string, EventKind> {
  return new Map([
    ['cpemon.heartbeat.v1', reportsOf(HEARTBEAT)],
    ['cpemon.acs-event.v1', reportsOf(ACS_EVENT)],
    ['cpemon.observation.v1', readObservation],
    [TEST_EVENT_TYPE, reportsOf({ ...HEARTBEAT, testEvents })],
  ]);
}

function reportsOf(format: ReportFormat): EventKind {
  return (data, envelope, request, drops) => {
    const report =
      format.testEvents === undefined || typeof data !== 'object' ? data : { ...data, type: envelope.type };
    const event = readReport(report, '', 0, format, request, drops);
    if (isRefusal(event)) return event;
    putTime(event, envelope.time, request.nowMs, drops);
    return [event];
  };
}

const readFlatObservation = reportsOf(OBSERVATION_FORMAT);

function readObservation(...read: Parameters<EventKind>): CpeEvent[] | Refusal {
  const events = readFlatObservation(...read);
  if (isRefusal(events)) return events;
  return events.map(({ data, ...event }) => {
    // How often its observer looks says nothing of the device.
    const { interval_seconds: _ofObserver, ...said } = data;
    const { observation = { observer: 'other' as const } } = said;
    return { ...event, source: sourceOfObserver(observation.observer), data: { ...said, observation } };
  });
}

/** The envelope's time before any in the data: it is that of the happening. */
function putTime(event: CpeEvent, time: unknown, nowMs: number, drops: DropCounts): void {
  const read = readDeviceTime(time, nowMs);
  if (read === undefined) return;
  if (read.dropped === undefined) {
    event.time = read.time;
    delete event.data.raw_time;
  } else {
    countDrop(drops, read.dropped);
    if (event.time === undefined && read.raw !== '') event.data.raw_time ??= read.raw;
  }
}
