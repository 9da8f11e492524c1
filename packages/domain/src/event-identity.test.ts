import { identityFromContent, identityFromSender } from './event-identity.js';

const ELEMENT = '{"sn":"A1","cpu_pct":12}';
const TIME = '2026-11-21T11:32:00.000Z';

test('the same event has the same id wherever and whenever it arrives', () => {
  const id = identityFromContent('/heartbeat', 'A1', TIME, ELEMENT);
  expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(identityFromContent('/heartbeat', 'A1', TIME, ELEMENT)).toBe(id);
});

test('source, device, time and content each make another event', () => {
  const ids = [
    identityFromContent('/heartbeat', 'A1', TIME, ELEMENT),
    identityFromContent('/telemetry', 'A1', TIME, ELEMENT),
    identityFromContent('/heartbeat', 'A2', TIME, ELEMENT),
    identityFromContent('/heartbeat', 'A1', '2026-11-21T11:32:00.001Z', ELEMENT),
    identityFromContent('/heartbeat', 'A1', TIME, '{"sn":"A1","cpu_pct":13}'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test("events of a body with the sender's id differ by their index", () => {
  expect(identityFromSender('msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', 0)).toBe('msg_2KWPBgLlAfxdpx2AI54pPJ85f4W:0');
  expect(identityFromSender('x', 1)).not.toBe(identityFromSender('x', 11));
});

test('a long id of a sender is kept as its hash', () => {
  const long = 'k'.repeat(200);
  expect(identityFromSender(long, 0)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(identityFromSender(long, 0)).not.toBe(identityFromSender(long, 1));
});
