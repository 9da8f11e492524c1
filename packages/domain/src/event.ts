import type { EraseWish } from './erase-wish.js';
import type { InventoryCommand } from './inventory.js';

/** An event that fails when it is applied, for tests and demos; taken in only where that is allowed. */
export const TEST_EVENT_TYPE = 'cpemon.test.v1';

/** Made by our own API only; see inventory.ts. */
export const COMMAND_EVENT_TYPE = 'cpemon.command.v1';

/**
 * Made by our own API only: everything of the device that was received before it goes (erase-wish.ts). A type of its own, so
 * that a writer of before, which does not know it, lets the device wait for one that does.
 */
export const ERASE_EVENT_TYPE = 'cpemon.erase.v1';

/** The types of event this version knows. The major version is part of the type; a new major is a new type. */
export const EVENT_TYPES = [
  'cpemon.heartbeat.v1',
  'cpemon.acs-event.v1',
  // An Inform in the CPE's own words: from its session, a mirror, or forwarded by an ACS.
  'cpemon.inform.v1',
  // Another request of a CPE: TransferComplete and the like.
  'cpemon.rpc.v1',
  // Values of parameters that an ACS, or we, asked a CPE for.
  'cpemon.parameters.v1',
  // A report of a bulk data profile: parameters without a session.
  'cpemon.bulkdata.v1',
  // A fact about a device by somebody else: an OLT, a RADIUS server, a CMTS.
  'cpemon.observation.v1',
  // What somebody wants of a device, by way of its lane: no sign of life, and nothing that the device said.
  COMMAND_EVENT_TYPE,
  ERASE_EVENT_TYPE,
  TEST_EVENT_TYPE,
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A scalar a device sent that no metric or attribute of ours names; kept so that nothing is lost. */
export type ExtraValue = string | number | boolean;

/** What a device said about itself in one event, in our names and units. Absent means "not mentioned". */
export interface ReportData {
  /** How often the device says it will report, seconds, 1 to 2,678,400 (31 days). */
  interval_seconds?: number;
  /** TR-069 event codes ("1 BOOT", "2 PERIODIC", …) of the Inform an ACS relayed. */
  event_codes?: string[];
  /** CommandKey of each of `event_codes`, '' for none; absent when all are. */
  command_keys?: string[];
  /** How often the CPE has tried to deliver this Inform before; absent for 0. */
  retry_count?: number;
  /** What an ACS reports; absent where it said no more than values. */
  occurrence?: AcsOccurrence;
  /** A fault that the CPE or the ACS reports, CWMP codes as text ("9005"). */
  fault?: { code: string; text: string };
  /** Of a request of the CPE other than Inform: its method and scalar arguments. */
  rpc?: { method: string; args: Record<string, string> };
  /** Parameters as sent, secrets redacted. */
  parameters?: ParameterValues;
  /** How many of them are not here because an event has no room for them; absent for 0. */
  parameters_left_out?: number;
  /** Of a bulk report: the profile's name, where its sender gives one. */
  profile?: string;
  /** Of a retained bulk report: how much older it is than the newest of its body, ms by the device's own clock. */
  behind_ms?: number;
  /** … where no clock tells it: how many reports come after it in its body. */
  behind_reports?: number;
  /** Descriptive values: wan_ip, sw_version, hw_version, manufacturer, model. */
  attributes?: Partial<Record<AttributeName, string>>;
  /** Readings by metric name; the name ends in the unit (`cpu_used_ratio`, `rx_power_dbm`). */
  metrics?: Record<string, number>;
  /**
   * When a relay read some of the attributes and metrics, by their names, RFC 3339 UTC with milliseconds: an ACS hands on
   * values that are days old. Absent: with the event.
   */
  read_at?: Record<string, string>;
  /** Other scalars of the body, as sent. */
  extra?: Record<string, ExtraValue>;
  /** The device's own time as sent, kept when it was not believable. */
  raw_time?: string;
  /** Who observed the device, and what; of `cpemon.observation.v1` alone. */
  observation?: Observation;
  /** Of a CloudEvent of a sender: who it says it is from, which `source` does not repeat, and what came beside the data. */
  origin?: EventOrigin;
  /** What a command wants; of no other type. */
  command?: InventoryCommand;
  /** What is to be erased; of `cpemon.erase.v1` alone. */
  erase?: EraseWish;
  /** What a test event does; of no other type. */
  test?: TestFailure;
}

/** Kinds of systems that tell something about a device which the device does not tell itself. */
export const OBSERVERS = ['olt', 'cmts', 'dslam', 'radius', 'bng', 'other'] as const;
export type Observer = (typeof OBSERVERS)[number];

export interface Observation {
  observer: Observer;
  /** What happened ("dying_gasp", "los", "session_stop"); absent where values were read and nothing happened. */
  observed?: string;
  /** Of an alarm: that it began, or that it is over. */
  state?: 'raised' | 'cleared';
  /** A sentence of the observer. */
  text?: string;
}

export interface EventOrigin {
  /** CloudEvents `source` as the sender wrote it. */
  source: string;
  /** Attributes of the envelope that CPEmon does not know. */
  extensions?: Record<string, ExtraValue>;
}

/** How a test event fails: at every attempt, or at those before `until` (RFC 3339) by the database's clock. */
export interface TestFailure {
  fail: 'always' | 'until';
  until?: string;
}

/** Kinds of things that an ACS reports of a device. */
export const ACS_OCCURRENCES = ['inform', 'fault', 'connection_request', 'provision', 'values'] as const;
export type AcsOccurrence = (typeof ACS_OCCURRENCES)[number];

/** Parameters of a data model (TR-098, TR-181) by full path. */
export type ParameterValues = Record<string, ParameterValue>;

export interface ParameterValue {
  /** The text as sent. */
  value: string;
  /** Local name of its XML Schema type ("unsignedInt"); absent where it was not given. */
  type?: string;
  /** When the relay read it, RFC 3339 UTC with milliseconds; absent: with the event. */
  at?: string;
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
  /**
   * The path it came in by, an `IntakePath` prefixed with "/": "/heartbeat", "/telemetry", "/webhook". Of an observation
   * "/observation/" and the kind of its observer.
   */
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
