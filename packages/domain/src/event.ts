/** An event that fails when it is applied, for tests and demos; taken in only where that is allowed. */
export const TEST_EVENT_TYPE = 'cpemon.test.v1';

/** The types of event this version knows. The major version is part of the type; a new major is a new type. */
export const EVENT_TYPES = ['cpemon.heartbeat.v1', 'cpemon.acs-event.v1', TEST_EVENT_TYPE] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A scalar a device sent that no metric or attribute of ours names; kept so that nothing is lost. */
export type ExtraValue = string | number | boolean;

/** What a device said about itself in one event, in our names and units. Absent means "not mentioned". */
export interface ReportData {
  /** How often the device says it will report, seconds, 1 to 2,678,400 (31 days). */
  interval_seconds?: number;
  /** TR-069 event codes ("1 BOOT", "2 PERIODIC", …) of the Inform an ACS relayed. */
  event_codes?: string[];
  /** Descriptive values: wan_ip, sw_version, hw_version, manufacturer, model. */
  attributes?: Partial<Record<AttributeName, string>>;
  /** Readings by metric name; the name ends in the unit (`cpu_used_ratio`, `rx_power_dbm`). */
  metrics?: Record<string, number>;
  /** Other scalars of the body, as sent. */
  extra?: Record<string, ExtraValue>;
  /** The device's own time as sent, kept when it was not believable. */
  raw_time?: string;
  /** What a test event does; of no other type. */
  test?: TestFailure;
}

/** How a test event fails: at every attempt, or at those before `until` (RFC 3339) by the database's clock. */
export interface TestFailure {
  fail: 'always' | 'until';
  until?: string;
}

export const ATTRIBUTE_NAMES = ['wan_ip', 'sw_version', 'hw_version', 'manufacturer', 'model'] as const;
export type AttributeName = (typeof ATTRIBUTE_NAMES)[number];

/**
 * One fact about one device: a CloudEvents 1.0 event as it lies in the log (`specversion` is left out at rest).
 * `source` + `id` are its identity; two arrivals with the same pair are one event.
 */
export interface CpeEvent {
  /** The sender's id, or one derived from the event (see event-identity.ts). */
  id: string;
  /** The path it came in by, an `IntakePath` prefixed with "/": "/heartbeat", "/telemetry", "/webhook". */
  source: string;
  type: EventType;
  /** The device's normalised serial number. */
  subject: string;
  /** The device's (or relay's) time, RFC 3339 UTC with milliseconds; absent when none was given or believable. */
  time?: string;
  /** The manufacturer's OUI, upper case as sent otherwise; absent where the source does not know it. */
  oui?: string;
  productclass?: string;
  correlationid?: string;
  traceparent?: string;
  data: ReportData;
}
