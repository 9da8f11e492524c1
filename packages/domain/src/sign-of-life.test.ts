import type { CpeEvent } from './event.js';
import { seenAtOf } from './sign-of-life.js';

const event = (source: string, type: CpeEvent['type']): CpeEvent => ({
  id: 'e',
  source,
  type,
  subject: 'SN1',
  data: {},
});

test.each<[string, CpeEvent['type'], number, number]>([
  ['/heartbeat', 'cpemon.heartbeat.v1', 50, 100],
  ['/cwmp', 'cpemon.inform.v1', 50, 100],
  ['/mirror', 'cpemon.inform.v1', 50, 100],
  ['/mirror', 'cpemon.parameters.v1', 50, 100],
  // The device's clock, not the relay's.
  ['/webhook', 'cpemon.inform.v1', 50, 100],
  ['/webhook', 'cpemon.parameters.v1', 50, 100],
  ['/webhook', 'cpemon.acs-event.v1', 50, 50],
  ['/webhook', 'cpemon.acs-event.v1', 300, 100],
  ['/telemetry', 'cpemon.heartbeat.v1', 50, 50],
])('%s %s with the time %d, received at 100, shows life at %d', (source, type, time, seenAt) => {
  expect(seenAtOf(event(source, type), time, 100, 10)).toBe(seenAt);
});

test('without a time a relayed event counts when it was received', () => {
  expect(seenAtOf(event('/webhook', 'cpemon.acs-event.v1'), null, 100, -Infinity)).toBe(100);
});
