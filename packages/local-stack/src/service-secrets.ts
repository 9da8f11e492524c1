import { formatDatabaseUrl, userName, type DatabaseRole } from '@cpemon/database';
import { passwordVariable } from './migrate-config.js';
import type { StackSecrets } from './secrets.js';
import { CWMP_USER } from './service-set.js';

/** Who gets secrets of its own where CPEmon runs in containers: a process learns no other's. */
export const SECRET_HOLDERS = [
  ...(['acs-ingest', 'cpemon-api', 'cpemon-writer', 'cpe-simulator'] as const),
  ...(['migrate', 'mysql', 'reporting'] as const),
] as const;
export type SecretHolder = (typeof SECRET_HOLDERS)[number];

/** Variables of each, with their values. */
export type SecretVariables = Record<SecretHolder, Record<string, string>>;

/** What each process is told in secret, whatever runs it; logins as passwords, as the server's name is no secret. */
export function serviceSecrets({ tokens, ...secrets }: StackSecrets): SecretVariables {
  const users = secrets.databaseUsers;
  return {
    'acs-ingest': {
      DATABASE_PASSWORD: users.ingest,
      WEBHOOK_SECRETS: secrets.webhookSecret,
      MIRROR_TOKENS: tokens.ingest,
      OPERATOR_TOKENS: tokens.operator,
      CWMP_CREDENTIALS: `${CWMP_USER}:${secrets.cwmpPassword},*:${secrets.cwmpPassword}`,
      CWMP_SESSION_SECRET: secrets.cwmpSessionSecret,
    },
    'cpemon-api': {
      DATABASE_PASSWORD: users.api,
      INGEST_TOKENS: tokens.ingest,
      HEARTBEAT_SECRETS: secrets.webhookSecret,
      OPERATOR_TOKENS: tokens.operator,
      VIEWER_TOKENS: tokens.viewer,
      SESSION_SECRETS: secrets.sessionSecret,
    },
    'cpemon-writer': { DATABASE_PASSWORD: users.writer, MAINTENANCE_DATABASE_PASSWORD: users.maintenance },
    'cpe-simulator': {
      INGEST_TOKEN: tokens.ingest,
      WEBHOOK_SECRET: secrets.webhookSecret,
      CWMP_PASSWORD: secrets.cwmpPassword,
    },
    migrate: {
      DATABASE_PASSWORD: secrets.databaseAdmin,
      ...Object.fromEntries(
        Object.entries(users).map(([role, it]) => [passwordVariable(role as DatabaseRole), it]),
      ),
    },
    reporting: { DATABASE_PASSWORD: users.reporting },
    mysql: { MYSQL_ROOT_PASSWORD: secrets.databaseAdmin },
  };
}

const LOGINS: Partial<Record<SecretHolder, string>> = {
  'acs-ingest': userName('ingest'),
  'cpemon-api': userName('api'),
  'cpemon-writer': userName('writer'),
  migrate: 'root',
  reporting: userName('reporting'),
};

/** The same with whole database URLs, for what reads files and joins nothing. */
export function withDatabaseUrls(
  all: SecretVariables,
  server: { host: string; port: number; schema: string },
): SecretVariables {
  const url = (user: string, password: string): string => formatDatabaseUrl({ ...server, user, password });
  return Object.fromEntries(
    Object.entries(all).map(([holder, { DATABASE_PASSWORD, MAINTENANCE_DATABASE_PASSWORD, ...rest }]) => {
      const user = LOGINS[holder as SecretHolder];
      return [
        holder,
        {
          ...(user === undefined || DATABASE_PASSWORD === undefined
            ? {}
            : { DATABASE_URL: url(user, DATABASE_PASSWORD) }),
          ...(MAINTENANCE_DATABASE_PASSWORD === undefined
            ? {}
            : { MAINTENANCE_DATABASE_URL: url(userName('maintenance'), MAINTENANCE_DATABASE_PASSWORD) }),
          // What makes dashboards has a place for the password alone.
          ...(holder === 'reporting' && DATABASE_PASSWORD !== undefined ? { DATABASE_PASSWORD } : {}),
          ...rest,
        },
      ];
    }),
  ) as SecretVariables;
}
