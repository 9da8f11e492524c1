import { play } from './operation/play.js';
import { checkPage } from './page/example-page.js';
import { countBy, figuresOf } from './page/figures.js';

jest.setTimeout(600_000);

type Played = Awaited<ReturnType<typeof play>>;
/** Devices on which a condition was opened, by rule. */
const opened = ({ findings }: Played) => {
  const devices: Record<string, Set<string>> = {};
  for (const { kind, data, serialNumber } of findings.timeline)
    if (kind === 'condition' && data['state'] === 'opened')
      (devices[String(data['rule'])] ??= new Set()).add(serialNumber);
  return devices;
};
const names = (devices: Set<string> | undefined) => [...(devices ?? [])].sort();
const affected = ({ incidents }: Played) => [...incidents[0]!.serial_numbers].sort();
const neverOffline = ({ findings }: Played) =>
  expect(
    findings.timeline.filter(({ kind, data }) => kind === 'reachability' && data['to'] === 'offline'),
  ).toEqual([]);

test('light that fades in one PON is a condition of its boxes, which stay online', async () => {
  const played = await play('dirty-fibre-quick', 150, {
    ...{ devices: 256, baselineDay: '30m', warmUpMinutes: 150, stepSeconds: 120 },
  });
  const { 'optics-fallen': fallen, ...others } = opened(played);
  expect(names(fallen)).toEqual(affected(played));
  for (const rule of Object.keys(others)) expect(['optics-weak', 'optics-low']).toContain(rule);
  neverOffline(played);
  expect(played.findings.alerts.filter(({ kind }) => kind === 'group')).toEqual([]);
  checkPage('dirty-fibre', figuresOf(played.incidents, played.findings));
});

test('a firmware that boots again and again is a condition of its boxes, and one alarm of the firmware', async () => {
  const played = await play('bad-firmware', 60, { devices: 512, mix: 'webhook=100' });
  const { 'reboot-loop': loops, ...others } = opened(played);
  expect(names(loops)).toEqual(affected(played));
  expect(others).toEqual({});
  neverOffline(played);
  const { sw_version: firmware } = played.incidents[0]!.attributes;
  expect(played.findings.alerts).toMatchObject([
    { rule: 'firmware', groupValue: `F670L / ${firmware}`, cause: 'condition', state: 'firing' },
  ]);
  expect(played.findings.messages.map(({ kind }) => kind)).toEqual(['alert.firing']);
  checkPage('bad-firmware', figuresOf(played.incidents, played.findings));
});

test('a canary firmware that is well is nothing, and one that boots again and again is a condition of 1 %', async () => {
  const options = { mix: 'webhook=100' };
  const well = await play('canary-firmware', 40, options);
  expect(well.findings.alerts).toEqual([]);
  expect(opened(well)).toEqual({});
  const boots = well.findings.timeline.filter(
    ({ kind, serialNumber }) => kind === 'boot' && affected(well).includes(serialNumber),
  );
  expect(countBy(boots, ({ data }) => String(data['cause']))).toEqual({
    firmware: well.incidents[0]!.devices,
  });
  checkPage('canary-firmware', figuresOf(well.incidents, well.findings));
  const bad = await play('canary-firmware-bad', 40, options);
  expect(names(opened(bad)['reboot-loop'])).toEqual(affected(bad));
  expect(bad.findings.alerts).toEqual([]);
  checkPage('canary-firmware', figuresOf(bad.incidents, bad.findings), 'the bad one');
});

test('a box without internet that reports on is online and critical', async () => {
  const played = await play('internet-down-bulk', 40, { devices: 512, mix: 'bulk=100' });
  expect(opened(played)).toEqual({ 'internet-down': new Set(affected(played)) });
  neverOffline(played);
  checkPage('internet-down', figuresOf(played.incidents, played.findings));
});

test('rain in the joint boxes is a condition of DSL lines, and no outage', async () => {
  const played = await play('dsl-rain', 70, {
    ...{ devices: 256, mix: 'bulk=100', plan: { tiers: { residential: 1 } } },
  });
  const lines = affected(played);
  for (const [rule, devices] of Object.entries(opened(played))) {
    expect(rule).toMatch(/^dsl-/);
    for (const name of devices) expect(lines).toContain(name);
  }
  expect(names(opened(played)['dsl-margin-low'])).toEqual(lines);
  expect(played.findings.messages).toEqual([]);
  neverOffline(played);
  checkPage('dsl-rain', figuresOf(played.incidents, played.findings));
});
