import type { Operations } from '@cpemon/api-client';

/** What the stream tells once a second, and the feed of changes. */

type WholeFleet = Extract<Operations['getFleet']['answer'], { by_status: object }>;
export type Fleet = Omit<WholeFleet, 'intake'> & {
  intake: (WholeFleet['intake'][number] & { silent_since?: string | null })[];
  /** The labels to which these figures are limited; null or absent: none. */
  limited_to?: Record<string, string> | null;
};

type PlainPipeline = Operations['getPipeline']['answer'];
export type Pipeline = PlainPipeline & {
  silences?: {
    kind: string;
    name: string;
    devices: number;
    since: string;
    until: string | null;
    usual_per_minute: number;
    new_interval_seconds: number | null;
  }[];
};
export type Lane = PlainPipeline['lanes'][number];
export type Writer = PlainPipeline['writers'][number];
export type Ingest = PlainPipeline['ingests'][number];

/** Something that happened to a device, or to an alert. */
export interface Change {
  kind: string;
  device_id: number | null;
  serial_number: string | null;
  model: string | null;
  labels: Record<string, string>;
  /** RFC 3339: when it happened, and when the writer said so. */
  at: string;
  made_at: string;
  /** False: it was told before, and is made again by a rebuild. */
  news: boolean;
  data: Record<string, unknown>;
}
