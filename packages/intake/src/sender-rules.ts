import type { IncomingMessage } from 'node:http';
import { BlockList } from 'node:net';
import { refuse } from '@cpemon/contracts';
import type { ConfigReader } from '@cpemon/service-kit';
import type { Authenticity } from './authenticity.js';
import { parseCertificates, type AllowedCertificates } from './client-certificate.js';
import { clientAddressOf, isTrustedProxy, isWithin, parseNetworks } from './trusted-proxy.js';

/** What a request must fulfil beside its signature or token. */
export interface SenderRules {
  /** Networks from which senders may write; undefined: from anywhere. */
  allowedNetworks?: BlockList;
  /** Proxies whose word for a client's address and certificate counts. */
  trustedProxies: BlockList;
  /** Of a sender behind a trusted proxy that has checked it; undefined: none is asked for. */
  clientCertificate?: { header: string; allowed: AllowedCertificates };
}

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;

/** Reads ALLOW_NETWORKS, TRUST_PROXY, CLIENT_CERT_HEADER and CLIENT_CERT_ALLOWED. */
export function readSenderRules(reader: ConfigReader): SenderRules {
  const none: { value?: never } = {};
  const networks = reader.parsed<{ value?: BlockList }>(
    'ALLOW_NETWORKS',
    (text) => ({ value: parseNetworks(text) }),
    { default: none },
  );
  const trustedProxies = reader.parsed('TRUST_PROXY', parseNetworks, { default: new BlockList() });
  const allowed = reader.parsed<{ value?: AllowedCertificates }>(
    'CLIENT_CERT_ALLOWED',
    (text) => ({ value: parseCertificates(text) }),
    { default: none },
  );
  const header = reader.string('CLIENT_CERT_HEADER', { default: 'X-Client-Cert', pattern: HEADER_NAME });
  return {
    trustedProxies,
    ...(networks?.value === undefined ? {} : { allowedNetworks: networks.value }),
    ...(allowed?.value === undefined
      ? {}
      : { clientCertificate: { header: header.toLowerCase(), allowed: allowed.value } }),
  };
}

const OTHER_NETWORK = refuse('sender_not_allowed', 'Senders write from the networks of ALLOW_NETWORKS.');
const NO_CERTIFICATE = refuse(
  'sender_not_allowed',
  'Senders show a client certificate of CLIENT_CERT_ALLOWED to a proxy of TRUST_PROXY.',
);

/** The rules, and then whatever else a request must show. */
export function requireSender(rules: SenderRules, also: Authenticity): Authenticity {
  const { allowedNetworks, trustedProxies, clientCertificate } = rules;
  if (allowedNetworks === undefined && clientCertificate === undefined) return also;
  return (headers, request) => {
    if (allowedNetworks !== undefined && !isFrom(request, allowedNetworks, trustedProxies))
      return OTHER_NETWORK;
    if (clientCertificate !== undefined) {
      const told = headers[clientCertificate.header];
      // Whoever reaches us past the proxy can write any header.
      const believed =
        typeof told === 'string' && request !== undefined && isTrustedProxy(request, trustedProxies);
      if (!believed || !clientCertificate.allowed.has(told)) return NO_CERTIFICATE;
    }
    return also(headers, request);
  };
}

const isFrom = (request: IncomingMessage | undefined, networks: BlockList, trusted: BlockList): boolean =>
  request !== undefined && isWithin(clientAddressOf(request, trusted), networks);
