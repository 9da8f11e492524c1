import type { DropCounts, RefusalCode } from '@cpemon/contracts';
import type { ParameterTrace } from '@cpemon/device-models';
import type { CpeEvent } from '@cpemon/domain';

/** What a message can be. */
export const SHAPES = [
  'cwmp',
  'bulkdata-json',
  'bulkdata-csv',
  'cloudevents',
  'webhook',
  'heartbeat',
] as const;
export type Shape = (typeof SHAPES)[number];

/** What is known of a message beside its bytes. */
export interface ExplainOptions {
  /** Our clock, epoch ms: decides which times are believed. */
  nowMs: number;
  /** What the message is, where its bytes do not tell. */
  as?: Shape;
  /** Path and query that a bulk report was sent to: its device and profile stand there. */
  address?: string;
  /** `OUI-ProductClass-SerialNumber` of the device, for messages that name none. */
  device?: string;
  /** The Content-Type as sent: its charset counts. */
  contentType?: string;
}

/** What CPEmon makes of one message. */
export interface Explanation {
  bytes: number;
  /** Of a compressed message: its bytes once inflated. */
  inflatedBytes?: number;
  shape?: Shape;
  /** Why it is taken for that. */
  because?: string;
  /** The message as a whole is refused. */
  refusal?: { code: RefusalCode; detail: string };
  /** Elements of it that are refused, by their place, from 0. */
  rejected: { index: number; reason: RefusalCode }[];
  events: ExplainedEvent[];
  /** Events that are not shown. */
  further: number;
  /** Values left out, by why: of the whole message. */
  drops: DropCounts;
  /** What else a reader should know. */
  notes: string[];
}

export interface ExplainedEvent {
  /** As it would stand in the log. */
  event: CpeEvent;
  /** Who is meant, and how that is known. */
  identifiedBy: string;
  /** The time as it was sent, where the message says one. */
  timeAsSent?: string;
  /** Fields of our own JSON. */
  fields: FieldTrace[];
  /** Parameters of a data model. */
  parameters: ParameterTrace[];
  /** Parameters that are not shown. */
  furtherParameters: number;
}

/** What became of one field of a report in our own words. */
export interface FieldTrace {
  field: string;
  /** Absent for a secret. */
  raw?: unknown;
  becomes:
    'identity' | 'time' | 'interval' | 'metric' | 'attribute' | 'event' | 'observation' | 'extra' | 'nothing';
  name?: string;
  value?: unknown;
  /** Why it came to nothing. */
  reason?: string;
}

/** More events than a person reads; a body with a day of reports is explained by its first ones. */
export const MOST_EVENTS = 20;
/** The largest data models have 3,000 parameters. */
export const MOST_PARAMETERS = 3000;
/** A report in our own words has a dozen fields; each is read by itself, which takes its time. */
export const MOST_FIELDS = 200;
