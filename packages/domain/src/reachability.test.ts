import fc from 'fast-check';
import type { IntakeGap } from './intake-history.js';
import {
  DEFAULT_REACHABILITY_SETTINGS,
  offlineAfterMs,
  offlineAllowanceMs,
  silenceDeadlines,
  staleAfterMs,
} from './reachability.js';

const SETTINGS = DEFAULT_REACHABILITY_SETTINGS;
const MINUTE = 60_000;
const gap = (startedAt: number, endedAt: number): IntakeGap => ({ startedAt, endedAt });

test.each([
  [60, 2, 6],
  [300, 7.5, 15],
  [900, 22.5, 45],
  [3600, 75, 120],
  [86_400, 24 * 60 + 15, 25 * 60],
])(
  'a device that reports every %d s is stale after %d min and offline after %d min',
  (seconds, stale, offline) => {
    expect(staleAfterMs(seconds * 1000, SETTINGS)).toBe(stale * MINUTE);
    expect(offlineAfterMs(seconds * 1000, SETTINGS)).toBe(offline * MINUTE);
  },
);

test.each([1, 60, 119, 300, 900, 1801, 3600, 86_400])(
  'from when a device that reports every %d s is stale follows how long it may be late',
  (seconds) => {
    for (const settings of [SETTINGS, { ...SETTINGS, staleFloorSeconds: 5, offlineFloorSeconds: 25 }]) {
      const late = offlineAfterMs(seconds * 1000, settings) - seconds * 1000;
      expect(offlineAllowanceMs(staleAfterMs(seconds * 1000, settings), settings)).toBeCloseTo(late, 6);
    }
  },
);

test('smaller floors let a fleet that reports every 5 s turn offline in 30 s', () => {
  const demo = { ...SETTINGS, staleFloorSeconds: 5, offlineFloorSeconds: 25 };
  expect(staleAfterMs(5000, demo)).toBe(10_000);
  expect(offlineAfterMs(5000, demo)).toBe(30_000);
});

test('offline never comes before stale, whatever the settings', () => {
  const odd = { ...SETTINGS, staleFloorSeconds: 600, offlineFloorSeconds: 1, offlineCeilingSeconds: 2 };
  expect(offlineAfterMs(60_000, odd)).toBe(staleAfterMs(60_000, odd));
});

describe('a gap of intake', () => {
  const minute = (n: number) => n * MINUTE;

  test('that the report did not fall due in stops the clock and no more', () => {
    // Heard at 0, due at 10 min, gap from 2 to 5 min.
    const { staleAt, offlineAt } = silenceDeadlines(0, minute(10), [gap(minute(2), minute(5))], SETTINGS);
    expect(staleAt).toBe(minute(10 + 5 + 3));
    expect(offlineAt).toBe(minute(10 + 20 + 3));
  });

  test('that the report fell due in gives its sender one interval and the length of the gap from its end', () => {
    // Heard at 0, due at 10 min, gap from 8 to 13 min.
    const { staleAt, offlineAt } = silenceDeadlines(0, minute(10), [gap(minute(8), minute(13))], SETTINGS);
    expect(staleAt).toBe(minute(13 + 10 + 5));
    expect(offlineAt).toBe(minute(13 + 10 + 5 + 15));
  });

  test('however long gives the sender no more than 640 s beyond its interval', () => {
    const { staleAt } = silenceDeadlines(0, minute(10), [gap(minute(8), minute(600))], SETTINGS);
    expect(staleAt).toBe(minute(600 + 10) + 640_000);
  });

  test('after the report was missed already is no excuse', () => {
    // Heard at 0, due at 10 min, missed, gap from 12 to 20 min: 3 of the 5 minutes of patience are left.
    const { staleAt } = silenceDeadlines(0, minute(10), [gap(minute(12), minute(20))], SETTINGS);
    expect(staleAt).toBe(minute(23));
  });

  test('in which a retry falls that an earlier gap caused is an excuse of its own', () => {
    const gaps = [gap(minute(8), minute(13)), gap(minute(20), minute(21))];
    expect(silenceDeadlines(0, minute(10), gaps, SETTINGS).staleAt).toBe(minute(21 + 10 + 1));
  });

  test('that is still open stops the clock where it stands', () => {
    const open: IntakeGap = { startedAt: minute(8), endedAt: minute(40), open: true };
    expect(silenceDeadlines(0, minute(10), [open], SETTINGS).staleAt).toBe(minute(40 + 15 - 8));
  });

  test('that ended before the last sign of life has no effect', () => {
    expect(silenceDeadlines(minute(9), minute(10), [gap(minute(2), minute(5))], SETTINGS)).toEqual(
      silenceDeadlines(minute(9), minute(10), [], SETTINGS),
    );
  });

  test('never makes a deadline earlier, and later gaps leave earlier deadlines alone', () => {
    const gaps = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 })), {
        maxLength: 6,
      })
      .map((steps) => {
        let at = 0;
        return steps.map(([wait, length]) => {
          const startedAt = at + wait;
          at = startedAt + length;
          return gap(startedAt, at);
        });
      });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1000, max: 4_000_000 }), (all, intervalMs) => {
        const plain = silenceDeadlines(0, intervalMs, [], SETTINGS);
        let before = plain;
        for (let count = 0; count <= all.length; count += 1) {
          const now = silenceDeadlines(0, intervalMs, all.slice(0, count), SETTINGS);
          expect(now.staleAt).toBeGreaterThanOrEqual(before.staleAt);
          expect(now.offlineAt).toBeGreaterThanOrEqual(before.offlineAt);
          expect(now.offlineAt).toBeGreaterThan(now.staleAt);
          const added = all[count - 1];
          if (added !== undefined && before.staleAt <= added.startedAt)
            expect(now.staleAt).toBe(before.staleAt);
          before = now;
        }
      }),
    );
  });
});
