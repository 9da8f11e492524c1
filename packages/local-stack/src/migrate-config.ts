import { DATABASE_ROLES, parseDatabaseUrl, type DatabaseAddress, type DatabaseRole } from '@cpemon/database';

/** What `cpemon migrate` takes from the environment. */
export interface MigrateEnvironment {
  /** DATABASE_URL: a login that may change the schema, and create users where there are passwords. */
  admin: DatabaseAddress;
  /** DATABASE_PASSWORD_INGEST and so on; absent: logins are somebody else's work. */
  passwords?: Record<DatabaseRole, string>;
}

/** The variable that holds the password of a role's login. */
export const passwordVariable = (role: DatabaseRole): string => `DATABASE_PASSWORD_${role.toUpperCase()}`;

/** @throws Error with a sentence a problem, without secrets */
export function readMigrateEnvironment(env: NodeJS.ProcessEnv): MigrateEnvironment {
  const problems: string[] = [];
  const admin = readAddress(env['DATABASE_URL'] ?? '', problems);
  const given = DATABASE_ROLES.filter((role) => (env[passwordVariable(role)] ?? '') !== '');
  if (given.length > 0)
    for (const role of DATABASE_ROLES.filter((each) => !given.includes(each)))
      problems.push(`${passwordVariable(role)} is required, as others are set`);
  if (admin === undefined || problems.length > 0) throw new Error(problems.join('\n'));
  if (given.length === 0) return { admin };
  const passwords = Object.fromEntries(
    DATABASE_ROLES.map((role) => [role, env[passwordVariable(role)] ?? '']),
  ) as Record<DatabaseRole, string>;
  return { admin, passwords };
}

function readAddress(url: string, problems: string[]): DatabaseAddress | undefined {
  if (url === '') {
    problems.push('DATABASE_URL is required');
    return undefined;
  }
  try {
    return parseDatabaseUrl(url);
  } catch (error) {
    problems.push(`DATABASE_URL ${(error as Error).message}`);
    return undefined;
  }
}
