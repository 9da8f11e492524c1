import { formatTraceparent, isRecorded, parseTraceparent, recordedSpan } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a traceparent is read and written as the W3C writes it', () => {
  const text = `00-${TRACE}-${SPAN}-01`;
  expect(parseTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
  expect(formatTraceparent(parseTraceparent(text)!)).toBe(text);
  expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
});

test.each([
  ['none', undefined],
  ['two headers', [`00-${TRACE}-${SPAN}-01`]],
  ['two headers in one', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  ['the version that is not allowed', `ff-${TRACE}-${SPAN}-01`],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['too short', `00-${TRACE}-${SPAN}`],
])('%s counts as absent', (_what, header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test('whether a trace is recorded is the last bit of the flags, whatever the others are', () => {
  for (let flags = 0; flags < 256; flags += 1) {
    const text = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, '0')}`;
    expect([flags, isRecorded(text)]).toEqual([flags, flags % 2 === 1]);
    expect(parseTraceparent(text)?.sampled).toBe(flags % 2 === 1);
  }
});

test('a recorded span lies in the trace of its parent, or begins one', () => {
  const parent = { traceId: TRACE, spanId: SPAN, sampled: false };
  const below = recordedSpan(parent);
  expect(below).toMatchObject({ traceId: TRACE, sampled: true });
  expect(below.spanId).not.toBe(SPAN);
  const first = recordedSpan(undefined);
  expect(parseTraceparent(formatTraceparent(first))).toEqual(first);
});
