import { DEFAULT_ALERT_SETTINGS } from './alert-settings.js';
import { readAlertSettings, type AlertSettingsError } from './read-alert-settings.js';

function problemsOf(written: unknown): string {
  try {
    readAlertSettings(written);
    return '';
  } catch (error) {
    return (error as AlertSettingsError).problems.join('; ');
  }
}

test('an empty file is the defaults', () => {
  expect(readAlertSettings(null)).toEqual(DEFAULT_ALERT_SETTINGS);
});

test('rules, groups, budget and receivers are read in our units', () => {
  const settings = readAlertSettings({
    budget_per_hour: 12,
    groups: { labels: ['olt'], hold: '90s', share: 0.5 },
    rules: [
      { name: 'gold', on: 'offline', match: { tier: ['gold', 'business'] }, severity: 'warning', for: '5m' },
      { name: 'optics', on: 'condition', conditions: ['rx-power'], severities: ['warning', 'critical'] },
    ],
    receivers: [
      { name: 'noc', type: 'webhook', url: 'https://noc.example.net/hook', secret_env: 'NOC_SECRET' },
      { name: 'am', type: 'alertmanager', urls: ['http://am-0:9093', 'http://am-1:9093'] },
    ],
  });
  expect(settings.rules[0]).toMatchObject({
    forMs: 300_000,
    recoveryMs: 120_000,
    match: { tier: ['gold', 'business'] },
  });
  expect(settings.rules[1]).toMatchObject({ on: 'condition', forMs: 0, conditions: ['rx-power'] });
  expect(settings.groups).toMatchObject({ labels: ['olt'], holdMs: 90_000, share: 0.5, clearShare: 0.1 });
  expect(settings.budget).toEqual({ perHour: 12 });
  expect(settings.receivers.map(({ type }) => type)).toEqual(['webhook', 'alertmanager']);
});

test.each([
  [[], 'must be an object'],
  [{ rules: [{ name: 'a', on: 'offline', for: '0s' }] }, 'rules[0].for'],
  [{ rules: [{ name: 'a', on: 'offline', for: '365d' }] }, 'rules[0].for'],
  [{ rules: [{ name: 'a', on: 'online' }] }, 'rules[0].on'],
  [{ rules: [{ name: 'a', on: 'offline', conditions: ['x'] }] }, 'does not go with'],
  [{ rules: [1, 2].map(() => ({ name: 'a', on: 'offline' })) }, 'two are called a'],
  [{ rules: [{ name: 'a', on: 'offline', colour: 'red' }] }, 'no field colour'],
  [{ rules: [{ name: 'group', on: 'offline' }] }, 'rules[0].name: group, source, firmware are names'],
  [{ groups: { share: 0.05 } }, 'clear_share must be below'],
  [{ groups: { share: 2 } }, 'groups.share'],
  [{ budget_per_hour: 0 }, 'budget_per_hour'],
  [{ receivers: [{ name: 'a', type: 'webhook', url: 'ftp://x' }] }, 'receivers[0].url'],
  [{ receivers: [{ name: 'a', type: 'webhook', url: 'https://u:p@x' }] }, 'without a password'],
  [{ receivers: [{ name: 'a', type: 'alertmanager', urls: [] }] }, 'names no replica'],
  [{ receivers: [{ name: 'a', type: 'mail' }] }, 'receivers[0].type'],
])('what cannot be meant is refused: %j', (written, problem) => {
  expect(problemsOf(written)).toContain(problem);
});

test('all that is wrong is told at once', () => {
  const problems = problemsOf({ budget_per_hour: -1, groups: { hold: 'long' }, extra: 1 });
  for (const part of ['budget_per_hour', 'groups.hold', 'no field extra']) expect(problems).toContain(part);
});
