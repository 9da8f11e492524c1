import type { ServerResponse } from 'node:http';
import type { FeedPositions } from '@cpemon/store';
import type { Principal } from '../access/principal.js';

export const STREAM_TOPICS = ['fleet', 'pipeline', 'changes', 'alerts'] as const;
export type StreamTopic = (typeof STREAM_TOPICS)[number];

/** One who follows the stream. */
export interface StreamViewer {
  readonly principal: Principal;
  readonly topics: ReadonlySet<StreamTopic>;
  /** Up to where changes were written to it. */
  positions: FeedPositions;
  /** Whether it missed changes, which are to be read for it. */
  behind: boolean;
  /** Whether somebody reads for it at the moment. */
  catchingUp: boolean;
  /** Epoch of the monotonic clock, ms: since when its buffer is too full; null when it is not. */
  fullSince: number | null;
  readonly response: ServerResponse;
}

/** Bytes that wait for one viewer, above which it gets nothing more until they are gone. */
export const FULL_BYTES = 256 * 1024;

/** Whether a viewer takes what it is given; notes since when it does not. @param nowMs monotonic */
export function keepsUp(viewer: StreamViewer, nowMs: number): boolean {
  if (viewer.response.writableLength <= FULL_BYTES) {
    viewer.fullSince = null;
    return true;
  }
  viewer.fullSince ??= nowMs;
  viewer.behind = true;
  return false;
}

/** An event as text, HTML Living Standard 9.2. @param data JSON, which has no line ends */
export const formatEvent = (event: string, data: string, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
