import { backlogWords, groupIngests, intakeWords, writerLetters } from './pipeline-words.js';

test('a writer keeps its letter whatever the order of the answer', () => {
  const letters = writerLetters(['writer-2', 'writer-1']);
  expect([...letters]).toEqual([
    ['writer-1', 'A'],
    ['writer-2', 'B'],
  ]);
  expect(writerLetters(['writer-1', 'writer-2'])).toEqual(letters);
});

test('paths of one process stand together, open and closed ones apart', () => {
  const entry = (process: string, path: string, accepting: boolean) => ({
    ...{ process, path, accepting },
    beat_at: '2026-11-21T12:00:00.000Z',
  });
  const groups = groupIngests([
    entry('api-1', 'heartbeat', true),
    entry('api-1', 'telemetry', true),
    entry('ingest-1', 'webhook', false),
    entry('api-1', 'bulk', false),
  ]);
  expect(groups.map(({ process, accepting, paths }) => [process, accepting, paths])).toEqual([
    ['api-1', true, ['heartbeat', 'telemetry']],
    ['ingest-1', false, ['webhook']],
    ['api-1', false, ['bulk']],
  ]);
});

test('a process that has stopped to say so is not accepting', () => {
  const beatAt = '2026-11-21T12:00:00.000Z';
  const words = (afterMs: number) =>
    intakeWords({ accepting: true, beatAt }, Date.parse(beatAt) + afterMs).words;
  expect([words(1000), words(9000)]).toEqual(['accepting', 'no sign for 9 s']);
});

test('a backlog is told with its age, and with its end where there is one', () => {
  const totals = { lag_events: 500, oldest_unapplied_age_seconds: 30, drain_eta_seconds: 75 };
  expect(backlogWords(totals, 'draining')).toBe('oldest 30 s, gone in 1 min 15 s');
  expect(backlogWords(totals, 'flowing')).toBe('oldest 30 s');
  const growing = { ...totals, drain_eta_seconds: null };
  expect(backlogWords(growing, 'growing')).toBe('oldest 30 s, not shrinking');
  expect(backlogWords(growing, 'waiting')).toBe('oldest 30 s, not shrinking');
  expect(backlogWords({ ...totals, lag_events: 0 }, 'empty')).toBe('nothing waits');
});
