/**
 * Why a process cannot work with its database yet, as a sentence for whoever looks at a pod that is not ready.
 * @param error of connecting, or of the first statements
 */
export function describeStartFailure(error: unknown): string {
  const { errno, code, message } = error as { errno?: number; code?: string; message?: string };
  const said = message ?? String(error);
  if (code !== undefined && UNREACHABLE.has(code)) return `The database cannot be reached (${code})`;
  if (errno !== undefined && REFUSED_LOGINS.has(errno)) return `The database refuses this login: ${said}`;
  if (errno === UNKNOWN_SCHEMA) return `The database has no such schema, migrations come first: ${said}`;
  if (errno !== undefined && OLDER_SCHEMA.has(errno))
    return `The schema is older than this release, or empty: run the migrations (${said})`;
  if (errno !== undefined && MISSING_RIGHTS.has(errno))
    return `A right is missing: run the migrations, which give each login its rights (${said})`;
  return said;
}

const UNREACHABLE: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOENT'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'PROTOCOL_CONNECTION_LOST'],
]);
/** 1044: a schema; 1045: name or password; 1698: an account of the operating system. */
const REFUSED_LOGINS: ReadonlySet<number> = new Set([1044, 1045, 1698]);
const UNKNOWN_SCHEMA = 1049;
/** 1054: a column; 1146: a table; 1305: a procedure; 1318: with other parameters. */
const OLDER_SCHEMA: ReadonlySet<number> = new Set([1054, 1146, 1305, 1318]);
/** 1142: on a table; 1143: on a column; 1370: on a procedure. */
const MISSING_RIGHTS: ReadonlySet<number> = new Set([1142, 1143, 1370]);
