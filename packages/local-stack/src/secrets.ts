import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { DATABASE_ROLES, type DatabaseRole } from '@cpemon/database';
import { writeFileAtomically } from './atomic-file.js';

/** What a stack's processes and people prove themselves with. Made once per data folder, so they survive a restart. */
export interface StackSecrets {
  tokens: { operator: string; viewer: string; ingest: string };
  webhookSecret: string;
  /** Of every CPE that talks CWMP with this stack. */
  cwmpPassword: string;
  /** Signs the cookies and nonces of its sessions, for all replicas. */
  cwmpSessionSecret: string;
  /** Signs the cookies of people who log in, for all replicas. */
  sessionSecret: string;
  databaseAdmin: string;
  databaseUsers: Record<DatabaseRole, string>;
}

/** The secrets kept in `file` (mode 0600); those it lacks are made and added. */
export function keepSecrets(file: string): StackSecrets {
  const kept = existsSync(file) ? readSecrets(file) : {};
  const tokens: Partial<StackSecrets['tokens']> = kept.tokens ?? {};
  const users: Partial<StackSecrets['databaseUsers']> = kept.databaseUsers ?? {};
  const secrets: StackSecrets = {
    tokens: {
      operator: tokens.operator ?? newSecret(),
      viewer: tokens.viewer ?? newSecret(),
      ingest: tokens.ingest ?? newSecret(),
    },
    webhookSecret: kept.webhookSecret ?? newSecret(),
    cwmpPassword: kept.cwmpPassword ?? newSecret(),
    cwmpSessionSecret: kept.cwmpSessionSecret ?? newSecret(),
    sessionSecret: kept.sessionSecret ?? newSecret(),
    databaseAdmin: kept.databaseAdmin ?? newSecret(),
    databaseUsers: Object.fromEntries(
      DATABASE_ROLES.map((role) => [role, users[role] ?? newSecret()]),
    ) as StackSecrets['databaseUsers'],
  };
  writeFileAtomically(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function readSecrets(file: string): Partial<StackSecrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<StackSecrets>;
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as Error).message}); remove it to get new secrets`, {
      cause: error,
    });
  }
}

/** 192 random bits in letters, digits, - and _. */
function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
