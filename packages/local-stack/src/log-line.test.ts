import { shortenLogLine } from './log-line.js';

test('a log line becomes its sentence with facts', () => {
  const line = JSON.stringify({
    level: 'info',
    time: 'x',
    service: 'a',
    pid: 1,
    msg: 'Lanes moved',
    claimed: [1, 2],
    to: 'me',
  });
  expect(shortenLogLine(line)).toEqual({ level: 'info', text: 'Lanes moved  claimed=[1,2]  to=me' });
});

test('an error shows its message, not its stack', () => {
  const line = JSON.stringify({
    level: 'fatal',
    msg: 'No start',
    err: { message: 'no database', stack: 'a\nb' },
  });
  expect(shortenLogLine(line)).toEqual({ level: 'error', text: 'No start: no database' });
});

test('what is below info is left to the log file', () => {
  expect(shortenLogLine(JSON.stringify({ level: 'debug', msg: 'x' }))).toBeNull();
});

test('what is no JSON is shown on one line without control characters', () => {
  expect(shortenLogLine('a\u001b[31mb\u0007c')).toEqual({ level: 'info', text: 'a b c' });
  expect(shortenLogLine('   ')).toBeNull();
});

test('a long line is cut', () => {
  expect(shortenLogLine('x'.repeat(1000))?.text).toHaveLength(240);
});
