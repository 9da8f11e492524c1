import { laneOf, murmur2 } from './lane.js';

// Vectors of Apache Kafka's own test of its partitioner.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is what Kafka computes', (text, hash) => {
  expect(murmur2(text)).toBe(hash);
});

test('serial numbers spread over all lanes about evenly', () => {
  const counts = new Array<number>(16).fill(0);
  for (let n = 0; n < 16_000; n += 1) counts[laneOf(`SIM-${String(n).padStart(8, '0')}`, 16)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
