import type { Alert } from './alert-answers.js';
import {
  closingWords,
  evidenceWords,
  figuresWords,
  matchWords,
  orderAlerts,
  quietWords,
  readMatch,
  weeklyWords,
} from './alert-words.js';

const alarm: Alert = {
  ...{ id: '17', kind: 'group', rule: 'group', severity: 'critical', state: 'firing', summary: 's' },
  ...{ group: { label: 'olt', value: 'olt-3' }, missing: 3980, due: 3991, members: 4000 },
  ...{ most_missing: 3985, device_minutes: 1990, labels: {}, cause: 'power', evidence: {} },
  ...{ started_at: '2026-11-21T10:00:00.000Z', ended_at: '2026-11-21T10:12:00.000Z', fired_at: null },
  ...{ resolved_at: null, parent: null, quiet: null, notification: 'none', notified_at: null },
  acknowledged: null,
};
const ofDevice: Alert = { ...alarm, kind: 'device', sn: 'A' };

test('a group alarm says its denominator, and what it was when it is over', () => {
  expect(figuresWords(alarm)).toBe('3,980 of 3,991 due devices missing (99.7 %), of 4,000 members');
  expect(figuresWords(ofDevice)).toBeNull();
  expect(closingWords(alarm, 0)).toBe('3,985 devices at most, 1,990 device-minutes, 12 min');
  expect(closingWords({ ...ofDevice, ended_at: null }, Date.parse('2026-11-21T11:00:00Z'))).toBe('1 h');
});

test('an alarm of a condition says how many have it', () => {
  const evidence = { condition: 'reboot-loop', share: 0.5 };
  expect(figuresWords({ ...alarm, missing: 20, due: 40, members: 50, evidence })).toBe(
    '20 of 40 devices in reboot-loop (50 %), of 50 members',
  );
  expect(evidenceWords(evidence)).toEqual(['50 % of the devices were in reboot-loop when it was decided']);
});

test('evidence is told line by line', () => {
  const observations = [{ observed: 'dying_gasp', observer: 'olt', devices: 150, of: 200 }];
  expect(evidenceWords({ share: 0.997, others_share: 0.02, observations })).toEqual([
    '100 % of the devices due were missing when it was decided',
    'the model’s other firmware: 2 %',
    'OLT told dying gasp of 150 of 200 devices asked about',
  ]);
  expect(evidenceWords({})).toEqual([]);
});

test('open group alarms come first, then the critical ones, what is over last', () => {
  const list = [
    { ...alarm, id: 'over', state: 'resolved' as const },
    { ...ofDevice, id: 'device' },
    { ...ofDevice, id: 'warning', severity: 'warning' as const },
    { ...alarm, id: 'old' },
    { ...alarm, id: 'new', started_at: '2026-11-21T11:00:00.000Z' },
    { ...alarm, id: 'pending', state: 'pending' as const },
  ];
  expect(orderAlerts(list).map(({ id }) => id)).toEqual([
    'new',
    'old',
    'device',
    'warning',
    'pending',
    'over',
  ]);
});

test.each([
  ['olt=olt-3', { olt: ['olt-3'] }],
  [' region = north | south , tier=gold', { region: ['north', 'south'], tier: ['gold'] }],
  ['olt=a, olt=b', { olt: ['a', 'b'] }],
  ['sn=A=B', { sn: ['A=B'] }],
])('"%s" is read', (text, match) => {
  expect(readMatch(text)).toEqual({ match });
});

test.each(['', 'olt', 'olt=', '=x', 'OLT=x', 'olt=|'])('"%s" is refused with an example', (text) => {
  expect(readMatch(text).problem).toMatch('olt=olt-3');
});

test('what is meant, why it is quiet and a weekly window are words', () => {
  expect(matchWords({ olt: ['olt-3'], region: ['north', 'south'] })).toBe('olt olt-3, region north or south');
  expect([quietWords(null), quietWords('group')]).toEqual([
    null,
    'nobody is told: a group alarm explains it',
  ]);
  expect(weeklyWords({ days: ['sun', 'mon'], from: '02:00', minutes: 240, time_zone: 'Europe/Berlin' })).toBe(
    'every Sun, Mon 02:00 for 4 h (Europe/Berlin)',
  );
});
