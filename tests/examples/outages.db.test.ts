import { play, lasting } from './operation/play.js';
import { checkPage } from './page/example-page.js';
import { countBy, figuresOf } from './page/figures.js';

jest.setTimeout(600_000);

const groups = ({ findings }: Awaited<ReturnType<typeof play>>) =>
  findings.alerts.filter(({ kind, state }) => kind === 'group' && state !== 'pending');
const kinds = ({ findings }: Awaited<ReturnType<typeof play>>) =>
  countBy(findings.messages, ({ kind }) => kind);
/** Of the devices concerned: elsewhere a box boots now and then. */
const bootsOf = ({ findings, incidents: [incident] }: Awaited<ReturnType<typeof play>>) =>
  findings.timeline.filter(
    ({ kind, serialNumber }) => kind === 'boot' && incident!.serial_numbers.includes(serialNumber),
  );
const absences = ({ findings }: Awaited<ReturnType<typeof play>>) =>
  countBy(
    findings.timeline.filter(({ kind }) => kind === 'absence'),
    ({ data }) => String(data['cause']),
  );

test('a power cut in a street is one alarm of the site, named by the last words of its boxes', async () => {
  const played = await play(lasting('street-power-cut', 40), 100, { plan: { tiers: { residential: 1 } } });
  const [incident] = played.incidents;
  const [alarm, ...others] = groups(played);
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({
    ...{ groupLabel: 'site', groupValue: incident!.labels['site'], cause: 'power', state: 'resolved' },
    mostMissing: incident!.devices,
  });
  expect(kinds(played)).toEqual({ 'alert.firing': 1, 'alert.resolved': 1 });
  // Those that came back had booted, by what they say themselves.
  expect(Object.keys(absences(played))).toEqual(['power_or_reboot']);
  checkPage('street-power-cut', figuresOf(played.incidents, played.findings));
});

test('a fibre that is cut is one alarm of its PON, and nothing larger', async () => {
  const played = await play('fibre-cut', 60);
  const [incident] = played.incidents;
  const [alarm, ...others] = groups(played);
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({
    ...{ groupLabel: 'pon', groupValue: incident!.labels['pon'], cause: 'line', state: 'firing' },
    missing: incident!.devices,
  });
  expect(kinds(played)).toEqual({ 'alert.firing': 1 });
  checkPage('fibre-cut', figuresOf(played.incidents, played.findings));
});

test.each([
  ['olt-outage', 'olt'],
  ['bng-failure', 'bng'],
] as const)('%s is one alarm of the %s, by its sessions, and no boot is claimed', async (scenario, label) => {
  const played = await play(lasting(scenario, 40), 80);
  const [incident] = played.incidents;
  const [alarm, ...others] = groups(played);
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({
    ...{ groupLabel: label, groupValue: incident!.labels[label], cause: 'session', state: 'resolved' },
    mostMissing: incident!.devices,
  });
  expect(kinds(played)).toEqual({ 'alert.firing': 1, 'alert.resolved': 1 });
  expect(bootsOf(played)).toEqual([]);
  expect(Object.keys(absences(played))).toEqual(['line_or_path']);
  checkPage(scenario, figuresOf(played.incidents, played.findings));
});

test('households that switch off at night are told to nobody', async () => {
  const played = await play('nightly-switch-off', 60);
  expect(played.findings.messages).toEqual([]);
  expect(groups(played)).toEqual([]);
  expect(played.findings.reachability['offline']).toBe(played.incidents[0]!.devices);
  checkPage('nightly-switch-off', figuresOf(played.incidents, played.findings));
});

test('boxes that are swapped are gone and new ones are there: no outage', async () => {
  const played = await play('cpe-swap', 40, { plan: { tiers: { residential: 1 } } });
  expect(played.findings.messages).toEqual([]);
  expect(played.findings.reachability).toEqual({ offline: 5, online: 512 });
  checkPage('cpe-swap', figuresOf(played.incidents, played.findings));
});
