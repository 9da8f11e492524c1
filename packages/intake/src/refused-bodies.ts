import type { IncomingMessage } from 'node:http';
import type { RefusalCode } from '@cpemon/contracts';
import type { IntakePath } from '@cpemon/domain';
import type { ConfigReader } from '@cpemon/service-kit';
import { redactBody, type ShownAs } from './redaction/redact-body.js';

/** A body that was refused, as the route that refused it knows it. */
export interface RefusedBody {
  path: IntakePath;
  code: RefusalCode;
  /** What the sender was told. */
  detail?: string;
  contentType: string | undefined;
  contentEncoding?: string | undefined;
  /** As it came, or as it was decoded. */
  body: Buffer;
  /** Of the sender, as far as the service knows it. */
  address: string | undefined;
}

/** A refused body as it is kept: without its secrets, and no longer than the bound. */
export interface KeptBody {
  /** Counts from 1 since the process started. */
  id: number;
  /** RFC 3339 UTC. */
  at: string;
  path: IntakePath;
  code: RefusalCode;
  detail: string;
  address: string;
  content_type: string;
  content_encoding: string;
  /** Length of what was refused. */
  bytes: number;
  shown_as: ShownAs;
  /** Whether `body` ends before the body did. */
  is_cut: boolean;
  body: string;
}

/** Keeps what was refused, so that an operator can see what a device sent. */
export interface RefusedBodies {
  keep(refused: RefusedBody): void;
}

export interface RefusedBodyRing extends RefusedBodies {
  /** Oldest first. */
  list(): KeptBody[];
  /** Refused bodies that came too fast to be kept. */
  passedOver(): number;
  /** Lets go those in which a text stands: the serial number of a device that is erased. Their number. */
  forget(text: string): number;
}

/** What `keep` wants to know of the request. Behind a proxy, the caller knows a better address. */
export const senderOf = ({
  headers,
  socket,
}: IncomingMessage): Pick<RefusedBody, 'contentType' | 'contentEncoding' | 'address'> => ({
  contentType: headers['content-type'],
  contentEncoding: headers['content-encoding'],
  address: socket.remoteAddress,
});

/** The usual: nothing is kept. */
export const KEEP_NO_BODIES: RefusedBodies = { keep() {} };

export interface RefusedBodyLimits {
  /** KEEP_REFUSED_BODIES: 0 keeps none. */
  most: number;
  /** KEEP_REFUSED_BODY_BYTES: characters that are kept of each. */
  characters: number;
}

export const MOST_REFUSED_BODIES = 1000;
const LARGEST_KEPT = 64 * 1024;

export function readRefusedBodyLimits(reader: ConfigReader): RefusedBodyLimits {
  return {
    most: reader.integer('KEEP_REFUSED_BODIES', { default: 0, min: 0, max: MOST_REFUSED_BODIES }),
    characters: reader.integer('KEEP_REFUSED_BODY_BYTES', { default: 16_384, min: 256, max: LARGEST_KEPT }),
  };
}

/** Redacting costs some ms; a flood of refusals must not slow down what is accepted. */
const PACE = { burst: 10, perSecond: 2 };
const HEADER_CHARACTERS = 200;
/** What nobody has looked at for a day goes, so that nothing of a device stays longer than in the log. */
const LONGEST_KEPT_MS = 24 * 3_600_000;

/**
 * A bounded ring in memory. When it is full, the oldest body of the most frequent reason makes room, so that one
 * broken sender does not push out what happened to the others.
 */
export function createRefusedBodies(
  limits: RefusedBodyLimits,
  /** Epoch milliseconds. */
  nowMs: () => number = Date.now,
): RefusedBodyRing {
  const kept: KeptBody[] = [];
  let lastId = 0;
  let passedOver = 0;
  let allowance = PACE.burst;
  let countedAtMs = nowMs();

  const mayKeep = (atMs: number): boolean => {
    const more = (Math.max(0, atMs - countedAtMs) / 1000) * PACE.perSecond;
    allowance = Math.min(PACE.burst, allowance + more);
    countedAtMs = atMs;
    if (allowance < 1) return false;
    allowance -= 1;
    return true;
  };

  const letGo = (isGone: (body: KeptBody) => boolean): number => {
    const before = kept.length;
    const left = kept.filter((body) => !isGone(body));
    if (left.length < before) kept.splice(0, before, ...left);
    return before - left.length;
  };
  const letGoOld = (): void => {
    const since = new Date(nowMs() - LONGEST_KEPT_MS).toISOString();
    letGo(({ at }) => at < since);
  };

  return {
    keep({ path, code, detail = '', contentType = '', contentEncoding = '', body, address = '' }) {
      const atMs = nowMs();
      if (limits.most === 0) return;
      letGoOld();
      if (!mayKeep(atMs)) {
        passedOver += 1;
        return;
      }
      if (kept.length >= limits.most) kept.splice(indexToDrop(kept), 1);
      const { text, shownAs } = redactBody(body);
      lastId += 1;
      kept.push({
        id: lastId,
        at: new Date(atMs).toISOString(),
        path,
        code,
        detail,
        address,
        content_type: contentType.slice(0, HEADER_CHARACTERS),
        content_encoding: contentEncoding.slice(0, HEADER_CHARACTERS),
        bytes: body.length,
        shown_as: shownAs,
        is_cut: text.length > limits.characters,
        body: text.slice(0, limits.characters),
      });
    },
    list() {
      letGoOld();
      return [...kept];
    },
    passedOver: () => passedOver,
    forget: (text) => letGo(({ body, detail }) => body.includes(text) || detail.includes(text)),
  };
}

function indexToDrop(kept: readonly KeptBody[]): number {
  const counts = new Map<RefusalCode, number>();
  for (const { code } of kept) counts.set(code, (counts.get(code) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return kept.findIndex(({ code }) => counts.get(code) === most);
}
