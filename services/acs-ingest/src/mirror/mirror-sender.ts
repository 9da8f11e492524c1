import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import { refuse, type Refusal } from '@cpemon/contracts';
import { createTokenCheck, isWithin, peerAddressOf } from '@cpemon/intake';

export const MIRROR = '/acs/mirror';

/** Whether a request may bring a copy. */
export type MirrorSender = (request: IncomingMessage) => 'allowed' | Refusal;

const NO_TOKEN = refuse(
  'sender_not_allowed',
  `Copies need a token of MIRROR_TOKENS: Authorization: Bearer, or ${MIRROR}/TOKEN.`,
);
const OTHER_NETWORK = refuse('sender_not_allowed', 'Copies come from the networks of ALLOW_NETWORKS.');

/** Whether the path of an address is the mirror's, with or without a token behind it. */
export const isMirrorPath = (url: string | undefined): boolean =>
  url !== undefined && url.startsWith(MIRROR) && /^(?:[/?]|$)/.test(url.slice(MIRROR.length));

/**
 * Proxies within the networks that show one of the tokens: as a bearer token, which takes the place of the CPE's own
 * credentials, or in the path, where a proxy cannot set a header. It is the proxy that sends, so its address counts, not
 * the one that it forwards.
 * @param tokens 'none' when none is asked for
 */
export function createMirrorSender(tokens: readonly string[] | 'none', networks: BlockList): MirrorSender {
  const check = tokens === 'none' ? undefined : createTokenCheck(tokens);
  return (request) => {
    if (!isWithin(peerAddressOf(request), networks)) return OTHER_NETWORK;
    if (check === undefined) return 'allowed';
    const { headers, url = '' } = request;
    const inPath = tokenInPath(url);
    const shown = inPath === '' ? headers.authorization : `Bearer ${inPath}`;
    return check(shown) === 'valid' ? 'allowed' : NO_TOKEN;
  };
}

function tokenInPath(url: string): string {
  const path = url.split('?', 1)[0]!.slice(MIRROR.length + 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
