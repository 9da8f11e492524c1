import { readCredentials, type AuthScheme, type DigestAlgorithm } from '@cpemon/cwmp';
import type { ConfigReader } from '@cpemon/service-kit';

/** What is asked of CPEs after their Inform. */
export const CWMP_ASKS = ['nothing', 'health'] as const;

/** How CPEs may talk CWMP to us. */
export interface CwmpConfig {
  /** In the order in which they are offered; 'none' when any CPE may talk to us. */
  auth: readonly AuthScheme[] | 'none';
  realm: string;
  /** `user:password` each. */
  credentials: readonly string[];
  /** Further ones, one a line, followed while the service runs. */
  credentialsFile: string | undefined;
  algorithms: readonly DigestAlgorithm[];
  /** A nonce's count must rise. */
  strictNonceCount: boolean;
  /** The first signs cookies and nonces, and those of both are believed; none: each process makes one of its own. */
  sessionSecrets: readonly string[];
  /** Port for CPEs alone; 0: none. */
  port: number;
  /** Sessions open at once on connections of this process. */
  maxSessions: number;
  sessionIdleMs: number;
  ask: (typeof CWMP_ASKS)[number];
}

const SCHEMES = ['digest', 'basic'] as const;
/** What needs no escaping in a header. */
const REALM = /^[\w .:@/-]{1,64}$/;
const SHORTEST_SECRET = 16;
/** One that signs, and one before or after it while replicas are restarted one by one. */
const MOST_SECRETS = 2;

/** The part of the environment that is about CWMP; 'off' where nothing says who may talk it. */
export function readCwmpConfig(reader: ConfigReader): CwmpConfig | 'off' {
  const said = reader.parsed('CWMP_AUTH', parseAuth, { default: 'unsaid' });
  const credentials = reader.parsed('CWMP_CREDENTIALS', parseEntries, { default: [], secret: true });
  const credentialsFile = reader.optionalString('CWMP_CREDENTIALS_FILE');
  const hasNone = credentials?.length === 0 && credentialsFile === undefined;
  const auth = said !== 'unsaid' ? said : hasNone ? 'off' : (['digest'] as const);
  // Read again without a default, so that it is named as missing.
  if (typeof auth === 'object' && hasNone) reader.parsed('CWMP_CREDENTIALS', parseEntries, { secret: true });
  const config = {
    ...{ credentials, credentialsFile },
    realm: reader.string('CWMP_REALM', { default: 'cpemon', pattern: REALM }),
    algorithms: algorithmsOf(reader.boolean('CWMP_DIGEST_SHA256', { default: false })),
    strictNonceCount: reader.boolean('CWMP_STRICT_NONCE_COUNT', { default: false }),
    sessionSecrets: reader.parsed('CWMP_SESSION_SECRET', parseSecrets, { default: [], secret: true }),
    port: reader.integer('CWMP_PORT', { default: 7547, min: 0, max: 65_535 }),
    maxSessions: reader.integer('CWMP_MAX_SESSIONS', { default: 10_000, min: 1 }),
    sessionIdleMs: reader.integer('CWMP_SESSION_IDLE_SECONDS', { default: 60, min: 5, max: 3600 }) * 1000,
    ask: reader.string('CWMP_ASK', { default: 'nothing', oneOf: CWMP_ASKS }) as CwmpConfig['ask'],
  };
  return auth === 'off' ? 'off' : { ...config, auth };
}

const algorithmsOf = (withSha256: boolean): DigestAlgorithm[] => (withSha256 ? ['SHA-256', 'MD5'] : ['MD5']);

function parseSecrets(text: string): string[] {
  const secrets = text.split(',').map((part) => part.trim());
  if (secrets.length > MOST_SECRETS || secrets.some(({ length }) => length < SHORTEST_SECRET)) {
    throw new Error(
      `must be one or two secrets of at least ${SHORTEST_SECRET} characters, with a comma between`,
    );
  }
  return secrets;
}

/** Passwords with a comma are for the file. */
function parseEntries(text: string): string[] {
  const entries = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  readCredentials(entries, '');
  return entries;
}

function parseAuth(text: string): readonly AuthScheme[] | 'none' | 'off' | 'unsaid' {
  if (text === 'none' || text === 'off') return text;
  const schemes = text.split(',').map((part) => part.trim());
  if (!schemes.every((scheme) => (SCHEMES as readonly string[]).includes(scheme))) {
    throw new Error('must be digest, basic, both with a comma between, none or off');
  }
  return schemes as AuthScheme[];
}
