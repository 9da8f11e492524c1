import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Longer than any chain of proxies that somebody runs on purpose. */
const LONGEST_CHAIN = 20;
const NETWORK = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i;

/**
 * Reads a list of networks: "10.0.0.0/8, 192.0.2.7, fd00::/8".
 * @throws Error whose message completes the name of a variable
 */
export function parseNetworks(text: string): BlockList {
  const networks = new BlockList();
  for (const part of text.split(',')) {
    const [, address = '', bits] = NETWORK.exec(part.trim()) ?? [];
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const length = bits === undefined ? most : Number(bits);
    if (version === 0 || length > most) {
      throw new Error('must be a list of networks such as 10.0.0.0/8, 192.0.2.7, fd00::/8');
    }
    networks.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  }
  return networks;
}

/** Whether an address lies in one of the networks. */
export const isWithin = (address: string, networks: BlockList): boolean => {
  const version = isIP(address);
  return version !== 0 && networks.check(address, version === 4 ? 'ipv4' : 'ipv6');
};

/** Whether a request comes straight from a proxy whose headers count. */
export const isTrustedProxy = (request: IncomingMessage, trusted: BlockList): boolean =>
  isWithin(peerAddressOf(request), trusted);

/**
 * The address of whoever sent a request to the first of our proxies: from the end of X-Forwarded-For, the first that
 * is no trusted proxy itself, else X-Real-IP. Headers of others count for nothing; the peer is the client then.
 * @returns an address, '' when the connection is gone
 */
export function clientAddressOf(request: IncomingMessage, trusted: BlockList): string {
  const peer = peerAddressOf(request);
  if (!isWithin(peer, trusted)) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const chain = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').reverse();
  let client: string | undefined;
  for (const hop of chain.slice(0, LONGEST_CHAIN)) {
    const address = plain(hop.trim());
    // What stands before a hop that is no address was written by nobody we trust.
    if (isIP(address) === 0) break;
    client = address;
    if (!isWithin(address, trusted)) return address;
  }
  const real = request.headers['x-real-ip'];
  return client ?? (typeof real === 'string' && isIP(real.trim()) !== 0 ? plain(real.trim()) : peer);
}

/** The address of the other end of a request's connection, '' when that is gone. */
export const peerAddressOf = (request: IncomingMessage): string => plain(request.socket.remoteAddress ?? '');

/** An IPv4 address as such, where a socket for both versions gives it as one of IPv6. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
