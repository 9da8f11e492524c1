import {
  CANONICAL_HEARTBEAT,
  HEARTBEAT_BYTES,
  cpuTenthsOf,
  heartbeatText,
  uptimeSecondsAt,
} from './heartbeat-bytes.js';

const timeMs = Date.parse('2026-11-21T12:34:56.789Z');

describe('writing heartbeats in place', () => {
  it('changes device, time, cpu and uptime and nothing else', () => {
    const event = JSON.parse(heartbeatText({ device: 98_765, n: 123_456, timeMs })) as Record<
      string,
      unknown
    >;
    expect(event).toEqual({
      ...JSON.parse(CANONICAL_HEARTBEAT),
      sn: 'SIM-00098765',
      ts: '2026-11-21T12:34:56.789Z',
      cpu_pct: cpuTenthsOf(123_456) / 10,
      uptime_seconds: uptimeSecondsAt(timeMs),
    });
  });

  it('never changes the length', () => {
    for (const n of [0, 1, 799, 899, 900, 10_000_019]) {
      const text = heartbeatText({ device: 1 + n, n, timeMs: timeMs + n * 997 });
      expect(text).toHaveLength(HEARTBEAT_BYTES);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
  });
});
