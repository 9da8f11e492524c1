import { X509Certificate } from 'node:crypto';

/** Certificates of senders that may write, by what a proxy tells of them. */
export interface AllowedCertificates {
  /** @param told what the proxy wrote into its header: fingerprint, subject, the certificate itself, or `Hash=…;Subject="…"` */
  has(told: string): boolean;
}

/** SHA-1 or SHA-256, with or without colons. */
const FINGERPRINT = /^(?:[0-9a-f]{2}:?){19}(?:[0-9a-f]{2})(?::?(?:[0-9a-f]{2}:?){11}[0-9a-f]{2})?$/i;
/** A chain of certificates has less. */
const LONGEST_HEADER = 16_384;

/**
 * Reads a list of fingerprints and subjects, separated by semicolons, as subjects have commas:
 * `AB:CD:…; CN=acs.example.net,O=Example`.
 * @throws Error whose message completes the name of a variable
 */
export function parseCertificates(text: string): AllowedCertificates {
  const fingerprints = new Set<string>();
  const subjects = new Set<string>();
  for (const part of text.split(';')) {
    const each = part.trim();
    if (each === '') continue;
    if (FINGERPRINT.test(each)) fingerprints.add(plainFingerprint(each));
    else if (each.includes('=')) subjects.add(plainSubject(each));
    else throw new Error('must be fingerprints (SHA-1 or SHA-256, hex) or subjects (CN=…), separated by ;');
  }
  if (fingerprints.size + subjects.size === 0) throw new Error('must name at least one certificate');

  const hasPart = (told: string): boolean =>
    (FINGERPRINT.test(told) && fingerprints.has(plainFingerprint(told))) || subjects.has(plainSubject(told));
  return {
    has(told) {
      if (told.length > LONGEST_HEADER) return false;
      const text = told.trim();
      if (text.startsWith('-----BEGIN')) return certificateParts(text).some(hasPart);
      return hasPart(text) || envoyParts(text).some(hasPart);
    },
  };
}

const plainFingerprint = (text: string): string => text.replace(/:/g, '').toUpperCase();

/** Parts in any order and with any blanks around them: `CN=a, O=b`, `/O=b/CN=a`. */
function plainSubject(text: string): string {
  const parts = text.startsWith('/') ? text.slice(1).split('/') : text.split(/[,\n]/);
  return parts
    .map((part) => part.trim().replace(/\s*=\s*/, '='))
    .filter((part) => part !== '')
    .sort()
    .join(',');
}

/** nginx hands the certificate on with %20 and the like in it. */
function certificateParts(text: string): string[] {
  try {
    const { fingerprint, fingerprint256, subject } = new X509Certificate(
      text.includes('%') ? decodeURIComponent(text) : text.replace(/\t/g, ''),
    );
    return [fingerprint, fingerprint256, subject];
  } catch {
    return [];
  }
}

/** X-Forwarded-Client-Cert of Envoy: of several proxies the last, which is the one that we know. */
function envoyParts(text: string): string[] {
  const last = text.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).pop() ?? '';
  const hash = /(?:^|;)\s*Hash=([0-9a-f]+)/i.exec(last)?.[1];
  const subject = /(?:^|;)\s*Subject="([^"]*)"/i.exec(last)?.[1];
  return [hash, subject].filter((part) => part !== undefined);
}
