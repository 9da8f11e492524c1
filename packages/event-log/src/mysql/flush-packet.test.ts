import { packFlush } from './flush-packet.js';

test('events of a lane keep their order, and the index says where each lane lies', () => {
  const packet = packFlush([
    [
      { lane: 5, json: '"a"' },
      { lane: 3, json: '"é"' },
    ],
    [{ lane: 5, json: '"b"' }],
  ]);
  expect(packet).toMatchObject({ firstLane: 3, lastLane: 5, eventCount: 3 });
  expect(packet.index.match(/.{24}/g)).toEqual([
    '000001' + '000000001' + '000000006',
    '0'.repeat(24),
    '000002' + '000000007' + '000000009',
  ]);
  expect(packet.events.toString()).toBe('["é"]["a","b"]');
});

test('a flush without events is a mistake of ours', () => {
  expect(() => packFlush([[]])).toThrow('at least one event');
});
