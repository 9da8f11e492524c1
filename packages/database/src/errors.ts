/**
 * What an error of the driver means for the work in hand. Judged by errno and SQLSTATE only: the driver's `code` is a
 * name looked up in a MySQL table and is wrong for the numbers that MariaDB gave to others.
 */
interface DriverError {
  errno?: number;
  sqlState?: string;
  fatal?: boolean;
  syscall?: string;
  message?: string;
}

/** Server errors begin here; smaller or negative numbers are the operating system's, or the server's file layer's. */
const FIRST_SERVER_ERRNO = 1000;

/** The statement is larger than the server takes: SQLSTATE says connection (08S01), but it fails the same each time. */
const PACKET_TOO_LARGE = 1153;

/** The session is gone although SQLSTATE does not say so: killed (MariaDB), closed for inactivity (MySQL). */
const SESSION_GONE = new Set([1053, 1927, 4031]);

const RETRYABLE = new Set([
  1020, // row changed since it was read
  1021, // disk full
  1026, // error on write
  1040, // too many connections
  1053, // shutdown
  1114, // table full: what InnoDB says when the disk is full
  1203, // too many connections of this user
  1205, // lock wait
  1213, // deadlock
  1226, // a resource limit of this user
  1290, // read-only
  1317, // statement interrupted
  1792, // read-only transaction
  1836, // read-only mode
  1927, // connection killed
  1969, // statement took too long (MariaDB)
  3024, // statement took too long (MySQL)
  4031, // closed for inactivity
]);

/** Data errors whose SQLSTATE is not 22 or 23 on one of the two servers. */
const DATA_ERRORS = new Set([
  1265, // data truncated
  1366, // incorrect value for a column: HY000 on MySQL
  3819, // CHECK constraint: HY000 on MySQL
]);

/** The connection was not made or is lost; whether its last statement took effect is unknown. */
export function isConnectionFailure(error: unknown): boolean {
  const { errno, sqlState, fatal, syscall } = asDriverError(error);
  if (errno !== undefined && errno >= FIRST_SERVER_ERRNO) {
    if (errno === PACKET_TOO_LARGE) return false;
    return (sqlState?.startsWith('08') ?? false) || SESSION_GONE.has(errno);
  }
  return sqlState === undefined && (fatal === true || syscall !== undefined);
}

/** Nobody's fault but the moment's: ROLLBACK, wait, and do the whole transaction again. Includes connection failures. */
export function isRetryable(error: unknown): boolean {
  if (isConnectionFailure(error)) return true;
  const { errno, sqlState, message } = asDriverError(error);
  if (errno !== undefined && RETRYABLE.has(errno)) return true;
  // A storage engine or the file layer passing on "no space left on device".
  if (sqlState !== undefined && /\b(error|errno:?) 28\b|No space left/i.test(message ?? '')) return true;
  return sqlState?.startsWith('40') ?? false;
}

/** A value that its column or a constraint does not take: some row of the statement is to blame, and will be again. */
export function isDataError(error: unknown): boolean {
  const { errno, sqlState } = asDriverError(error);
  if (sqlState === undefined) return false;
  return /^2[23]/.test(sqlState) || (errno !== undefined && DATA_ERRORS.has(errno));
}

function asDriverError(error: unknown): DriverError {
  return typeof error === 'object' && error !== null ? error : {};
}
