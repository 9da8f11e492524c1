import { createHash } from 'node:crypto';

/** What a client is told: an ACS URL, who it is, and a password where it has one. */
export interface WireClientOptions {
  url: string;
  serialNumber: string;
  /** Of those clients that can be told. */
  productClass?: string;
  user?: string;
  password?: string;
}

/** How a session went: the status of every answer in order, and the methods of their envelopes. */
export interface WireSession {
  statuses: number[];
  methods: string[];
}

/**
 * A client that behaves on the wire as a public one does: which headers it sends, what it keeps and forgets, what it
 * cannot read. Written from what was seen on the wire (docs/compatibility.md); each runs one session after the other.
 */
export type WireClient = (options: WireClientOptions, sessions: number) => Promise<WireSession[]>;

export const methodOf = (body: string): string =>
  /<(?:[\w-]+:)?Body[^>]*>\s*<(?:[\w-]+:)?(\w+)/.exec(body)?.[1] ?? '';

export const idOf = (body: string): string => /<cwmp:ID[^>]*>([^<]*)</.exec(body)?.[1] ?? '';

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** A member of a challenge. */
export const challengeValue = (challenge: string, name: string): string =>
  new RegExp(`\\b${name}="?([^",]*)`).exec(challenge)?.[1] ?? '';
