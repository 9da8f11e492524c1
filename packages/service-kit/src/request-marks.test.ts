import { requestMarks } from './request-marks.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('a log line about a request has its trace and its correlation id', () => {
  const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'x-correlation-id': 'ticket-4711' };
  expect(requestMarks(headers)).toEqual({ trace_id: TRACE, correlationId: 'ticket-4711' });
});

test('what a sender made up is left out', () => {
  expect(requestMarks({})).toEqual({});
  expect(requestMarks({ traceparent: 'x'.repeat(1000), 'x-correlation-id': 'two\nlines' })).toEqual({});
  expect(requestMarks({ 'x-correlation-id': 'y'.repeat(65) })).toEqual({});
});
