import { lookup, type LookupAddress } from 'node:dns';
import { lookup as lookupAsync } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where a load generator may send without being told so: this machine, private networks, carrier-grade NAT. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** The name of a target has an address that is neither loopback nor private. */
export class PublicAddressError extends Error {
  override readonly name = 'PublicAddressError';
  readonly code = 'CPEMON_PUBLIC_ADDRESS';
  constructor(host: string, address: string) {
    const where = host === address ? host : `${host} (${address})`;
    super(`${where} is neither loopback nor private; ALLOW_PUBLIC_TARGET=true sends there all the same`);
  }
}

/**
 * Refuses a target outside before anything is sent. A name that does not resolve yet passes: the guarded look-up
 * decides when it does.
 * @throws PublicAddressError
 */
export async function assertPrivateTarget(target: URL): Promise<void> {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(host) ? [{ address: host }] : await lookupAsync(host, { all: true }).catch(() => []);
  for (const { address } of addresses) {
    if (!isPrivateAddress(address)) throw new PublicAddressError(host, address);
  }
}

/** A look-up for sockets that fails for a name with a public address, whenever it turns out to have one. */
export const lookupPrivate: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, []);
    const outside = addresses.find(({ address }) => !isPrivateAddress(address));
    if (outside !== undefined) return callback(new PublicAddressError(host, outside.address), []);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    callback(null, first?.address ?? '', first?.family);
  });
};
