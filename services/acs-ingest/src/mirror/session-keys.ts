import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP, type BlockList } from 'node:net';
import { clientAddressOf, isTrustedProxy } from '@cpemon/intake';
import type { SessionKeys } from './mirror-sessions.js';

const PORT = /^[1-9]\d{0,4}$/;

/**
 * What a copied request shows of its session. The address and port of the CPE count only from a proxy that is
 * trusted; those of the connection to us are the proxy's, and many CPEs share it.
 */
export function sessionKeysOf(request: IncomingMessage, trusted: BlockList): SessionKeys {
  const { headers } = request;
  const keys: SessionKeys = {};
  // All cookies together: a load balancer's alone is the same for many CPEs. Hashed, as it opens a session at the ACS.
  const cookie = headers.cookie?.trim();
  if (cookie !== undefined && cookie !== '') keys.cookie = hash('sha256', cookie, 'base64');
  const port = headers['x-real-port'];
  if (typeof port === 'string' && PORT.test(port) && isTrustedProxy(request, trusted)) {
    const address = clientAddressOf(request, trusted);
    if (isIP(address) !== 0) keys.client = `${address} ${port}`;
  }
  return keys;
}
