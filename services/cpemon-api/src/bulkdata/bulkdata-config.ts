import { readCredentials, type AuthScheme } from '@cpemon/cwmp';
import type { ConfigReader } from '@cpemon/service-kit';

/** How senders of bulk data show who they are: a bearer token of INGEST_TOKENS, or the user and password of a profile. */
export type BulkdataScheme = 'token' | AuthScheme;

export interface BulkdataConfig {
  /** 'none' when anyone may send. */
  auth: readonly BulkdataScheme[] | 'none';
  realm: string;
  /** `user:password` each. */
  credentials: readonly string[];
  /** Signs nonces of Digest; undefined: each process makes one of its own. */
  nonceSecret: string | undefined;
}

const SCHEMES: readonly string[] = ['token', 'digest', 'basic'];
/** What needs no escaping in a header. */
const REALM = /^[\w .:@/-]{1,64}$/;
const SECRET = /^.{16,}$/;

/**
 * The part of the environment that is about bulk data; 'off' where nothing says who may send it.
 * @param hasTokens whether there are INGEST_TOKENS
 */
export function readBulkdataConfig(reader: ConfigReader, hasTokens: boolean): BulkdataConfig | 'off' {
  const said = reader.parsed('BULKDATA_AUTH', parseAuth, { default: 'unsaid' });
  const credentials = reader.parsed('BULKDATA_CREDENTIALS', parseEntries, { default: [], secret: true });
  const auth = said === 'unsaid' ? usualAuth(hasTokens, credentials?.length > 0) : said;
  const wantsCredentials = typeof auth === 'object' && auth.some((scheme) => scheme !== 'token');
  // Read again without a default, so that it is named as missing.
  if (wantsCredentials && credentials?.length === 0) {
    reader.parsed('BULKDATA_CREDENTIALS', parseEntries, { secret: true });
  }
  if (typeof auth === 'object' && auth.includes('token') && !hasTokens) {
    reader.list('INGEST_TOKENS', { secret: true });
  }
  const config = {
    credentials,
    realm: reader.string('BULKDATA_REALM', { default: 'cpemon', pattern: REALM }),
    nonceSecret: reader.optionalString('BULKDATA_NONCE_SECRET', { secret: true, pattern: SECRET }),
  };
  return auth === 'off' ? 'off' : { ...config, auth };
}

function usualAuth(hasTokens: boolean, hasCredentials: boolean): readonly BulkdataScheme[] | 'off' {
  if (!hasTokens && !hasCredentials) return 'off';
  return [
    ...(hasTokens ? ['token' as const] : []),
    ...(hasCredentials ? (['digest', 'basic'] as const) : []),
  ];
}

/** Passwords with a comma cannot be written here. */
function parseEntries(text: string): string[] {
  const entries = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  readCredentials(entries, '');
  return entries;
}

function parseAuth(text: string): readonly BulkdataScheme[] | 'none' | 'off' | 'unsaid' {
  if (text === 'none' || text === 'off') return text;
  const schemes = text.split(',').map((part) => part.trim());
  if (!schemes.every((scheme) => SCHEMES.includes(scheme))) {
    throw new Error('must be token, digest, basic, several of them with commas between, none or off');
  }
  return schemes as BulkdataScheme[];
}
