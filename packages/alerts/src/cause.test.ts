import { causeOf, type Evidence } from './cause.js';

const told = (observed: string, devices: number, observer = 'olt'): Evidence[] =>
  Array.from({ length: devices }, (_, deviceId) => ({ deviceId, observer, observed, at: 0 }));

test('boxes that gasp have lost their power, although they have lost their light as well', () => {
  const { cause, counts } = causeOf([...told('los', 40), ...told('dying_gasp', 20)], 40);
  expect(cause).toBe('power');
  expect(counts).toEqual([
    { observed: 'los', observer: 'olt', devices: 40, of: 40 },
    { observed: 'dying_gasp', observer: 'olt', devices: 20, of: 40 },
  ]);
});

test('loss of signal without a gasp is the line', () => {
  expect(causeOf(told('los', 30), 40).cause).toBe('line');
});

test('sessions that were stopped are the session, as RADIUS tells it', () => {
  expect(causeOf(told('session_stop', 200, 'radius'), 200).cause).toBe('session');
});

test('what nobody has told, or a few only, is unknown', () => {
  expect(causeOf([], 40).cause).toBe('unknown');
  expect(causeOf(told('dying_gasp', 4), 40).cause).toBe('unknown');
  expect(causeOf(told('door_open', 40), 40).cause).toBe('unknown');
});

test('an observation that was repeated counts once for its device', () => {
  const again = [...told('los', 3), ...told('los', 3)];
  expect(causeOf(again, 20)).toMatchObject({ cause: 'unknown', counts: [{ devices: 3 }] });
});
