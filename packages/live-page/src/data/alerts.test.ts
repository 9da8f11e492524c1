import { sortAlerts, type Alert } from './alerts.js';

const alert = (id: string, facts: Partial<Alert> = {}): Alert => ({
  id,
  kind: 'device',
  rule: 'offline',
  severity: 'critical',
  state: 'firing',
  summary: '',
  cause: null,
  labels: {},
  started_at: '2026-11-22T03:00:00.000Z',
  acknowledged: null,
  quiet: null,
  parent: null,
  ...facts,
});
const ids = (alerts: readonly Alert[]): string[] => alerts.map(({ id }) => id);

test('groups come first, then what is worse, then what is newer', () => {
  const { open, held } = sortAlerts([
    alert('old'),
    alert('new', { started_at: '2026-11-22T03:05:00.000Z' }),
    alert('warning', { severity: 'warning' }),
    alert('held', { state: 'pending' }),
    alert('group', { kind: 'group', severity: 'warning' }),
  ]);
  expect(ids(open)).toEqual(['group', 'new', 'old', 'warning']);
  expect(ids(held)).toEqual(['held']);
});

test('what somebody looks after stands apart, and what a group explains is not told again', () => {
  const by = { by: 'eva', at: '2026-11-22T03:01:00.000Z', note: '' };
  const { open, acknowledged } = sortAlerts([
    alert('one'),
    alert('seen', { acknowledged: by }),
    alert('member', { parent: 'one' }),
  ]);
  expect([ids(open), ids(acknowledged)]).toEqual([['one'], ['seen']]);
});
