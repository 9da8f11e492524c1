import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupIngests, writerLetters } from '../../public/page/process-lists.mjs';
import { createRateHistory, curvePieces } from '../../public/page/rate-history.mjs';

test('a writer keeps its letter whatever the order of the answer', () => {
  const letters = writerLetters(['writer-2', 'writer-1']);
  assert.deepEqual(
    [...letters],
    [
      ['writer-1', 'A'],
      ['writer-2', 'B'],
    ],
  );
  assert.deepEqual(writerLetters(['writer-1', 'writer-2']), letters);
});

test('paths of one process stand together, open and closed ones apart', () => {
  const entry = (process, path, accepting) => ({
    process,
    path,
    accepting,
    beat_at: '2026-11-21T12:00:00.000Z',
  });
  const groups = groupIngests([
    entry('api-1', 'heartbeat', true),
    entry('api-1', 'telemetry', true),
    entry('ingest-1', 'webhook', false),
    entry('api-1', 'bulk', false),
  ]);
  assert.deepEqual(
    groups.map(({ process, accepting, paths }) => [process, accepting, paths]),
    [
      ['api-1', true, ['heartbeat', 'telemetry']],
      ['ingest-1', false, ['webhook']],
      ['api-1', false, ['bulk']],
    ],
  );
});

const point = (at, lag) => ({ at, acceptRate: null, lag, drainRate: null });

test('the history holds one minute and no answer twice', () => {
  const history = createRateHistory();
  for (const at of [0, 1_000, 1_000, 61_500]) history.add(point(at, 1));
  assert.deepEqual(
    history.points().map(({ at }) => at),
    [61_500],
  );
  history.add(point(62_000, 2));
  assert.deepEqual(
    history.points().map(({ at }) => at),
    [61_500, 62_000],
  );
});

test('a missing value breaks the curve instead of falling to zero', () => {
  const values = [1, 2, null, 4, 4].map((value, index) => ({ at: index * 1_000, value }));
  const pieces = curvePieces(values, { width: 60, height: 40, highest: 4 });
  assert.deepEqual(pieces, ['56,30 57,20', '59,0 60,0']);
});
