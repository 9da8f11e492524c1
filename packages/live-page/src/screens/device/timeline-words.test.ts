import { changesBefore } from './changes-before.js';
import { timelineWords } from './timeline-words.js';

test.each([
  [
    'reachability',
    { from: 'stale', to: 'offline', reason: 'no report' },
    'Reachability stale → offline',
    'critical',
  ],
  ['health', { from: 'critical', to: 'ok', reason: '' }, 'Health critical → ok', 'good'],
  ['condition', { rule: 'a', state: 'opened', severity: 'warning', text: 'Weak' }, 'Weak', 'warning'],
  ['condition', { rule: 'a', state: 'closed', severity: 'warning', text: 'Weak' }, 'Over: Weak', 'good'],
  ['boot', { cause: 'power_or_crash', codes: ['1 BOOT'] }, 'Restarted: power or crash', 'neutral'],
  ['firmware', { from: 'V1', to: 'V2' }, 'Firmware V1 → V2', 'neutral'],
  ['absence', { from: '…', seconds: 7200, cause: 'power_or_reboot' }, 'Was gone for 2 h', 'neutral'],
  [
    'transfer',
    { method: 'TransferComplete', fault: { code: '9010', text: 'no' } },
    'Transfer failed',
    'warning',
  ],
  ['telemetry', { source: '/bulkdata', state: 'silent' }, '/bulkdata has fallen silent', 'warning'],
  ['chatty', { chatty: false }, 'Reports at a normal rate again', 'good'],
  ['observation', { observer: 'olt', observed: 'dying_gasp' }, 'OLT saw: dying gasp', 'neutral'],
  ['reboot_loop', { state: 'began' }, 'Restarts again and again', 'warning'],
])('%s %j is "%s"', (type, data, title, tone) => {
  expect(timelineWords({ type, data })).toMatchObject({ title, tone });
});

test.each(['boot', 'condition', 'observation', 'transfer', 'fault', 'absence', 'telemetry'])(
  'a row %s without what it should hold is told all the same',
  (type) => {
    for (const data of [null, {}, 'text', { fault: 7, codes: 'x' }])
      expect(timelineWords({ type, data }).title).not.toBe('');
  },
);

test('a kind of a later version is told by its name', () => {
  expect(timelineWords({ type: 'line_swap', data: { a: 1 } })).toEqual({
    ...{ title: 'line swap', detail: '{"a":1}', tone: 'neutral' },
  });
});

test('what changed before are causes within a day, the nearest first, and a last word after it', () => {
  const wrongAt = Date.parse('2026-11-22T02:00:00.000Z');
  const row = (type: string, at: string) => ({ type, at, data: {} });
  const found = changesBefore(
    [
      row('observation', '2026-11-22T02:00:30.000Z'),
      row('boot', '2026-11-22T02:30:00.000Z'),
      row('reachability', '2026-11-22T01:59:00.000Z'),
      row('firmware', '2026-11-22T01:50:00.000Z'),
      row('boot', '2026-11-22T01:58:00.000Z'),
      row('address', '2026-11-20T01:58:00.000Z'),
    ],
    wrongAt,
  );
  expect(found.map(({ item, beforeMs }) => [item.type, beforeMs / 1000])).toEqual([
    ['observation', -30],
    ['boot', 120],
    ['firmware', 600],
  ]);
});
