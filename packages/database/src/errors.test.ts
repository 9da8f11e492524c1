import { isConnectionFailure, isDataError, isRetryable } from './errors.js';

const serverError = (errno: number, sqlState: string, message = 'x') =>
  Object.assign(new Error(message), { errno, sqlState, code: 'WRONG_NAME' });

test.each([
  [1053, '08S01'],
  [1040, '08004'],
  [1158, '08S01'],
  [1927, '70100'],
  [4031, 'HY000'],
])('server error %i (%s) is a connection failure and retryable', (errno, sqlState) => {
  expect(isConnectionFailure(serverError(errno, sqlState))).toBe(true);
  expect(isRetryable(serverError(errno, sqlState))).toBe(true);
});

test('errors of the socket and of the driver itself are connection failures', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { errno: -111, syscall: 'connect' });
  const lost = Object.assign(new Error('Connection lost'), { fatal: true });
  expect(isConnectionFailure(refused)).toBe(true);
  expect(isConnectionFailure(lost)).toBe(true);
  expect(isRetryable(lost)).toBe(true);
});

test('a refused login is fatal for the connection but no connection failure', () => {
  const denied = Object.assign(serverError(1045, '28000'), { fatal: true });
  expect(isConnectionFailure(denied)).toBe(false);
  expect(isRetryable(denied)).toBe(false);
});

test('a statement too large for the server is not retried although its SQLSTATE begins with 08', () => {
  expect(isRetryable(serverError(1153, '08S01'))).toBe(false);
});

test.each([
  1020, 1040, 1053, 1203, 1205, 1213, 1226, 1290, 1317, 1792, 1836, 1927, 1969, 3024, 4031, 1021, 1114,
])('error %i is retryable and blames no row', (errno) => {
  expect(isRetryable(serverError(errno, 'HY000'))).toBe(true);
  expect(isDataError(serverError(errno, 'HY000'))).toBe(false);
});

test('a full disk is retryable in whatever words the storage engine passes it on', () => {
  const full = serverError(
    1030,
    'HY000',
    'Got error 28 "No space left on device" from storage engine InnoDB',
  );
  expect(isRetryable(full)).toBe(true);
  expect(isRetryable(serverError(1030, 'HY000', 'Got error 168 from storage engine'))).toBe(false);
});

test.each([
  [1264, '22003'],
  [1292, '22007'],
  [1366, 'HY000'],
  [1406, '22001'],
  [1062, '23000'],
  [4025, '23000'],
])('error %i (%s) is a data error and not retryable', (errno, sqlState) => {
  expect(isDataError(serverError(errno, sqlState))).toBe(true);
  expect(isRetryable(serverError(errno, sqlState))).toBe(false);
});

test.each([
  [1142, '42000'],
  [1526, 'HY000'],
  [1146, '42S02'],
])('error %i (%s) is ours: neither retryable nor a data error', (errno, sqlState) => {
  expect(isDataError(serverError(errno, sqlState))).toBe(false);
  expect(isRetryable(serverError(errno, sqlState))).toBe(false);
});

test('what is no driver error is none of the three', () => {
  for (const value of [undefined, null, 'text', new Error('boom'), 7]) {
    expect(isConnectionFailure(value) || isRetryable(value) || isDataError(value)).toBe(false);
  }
});
