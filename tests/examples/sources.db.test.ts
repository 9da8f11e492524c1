import { lasting, play } from './operation/play.js';
import { checkPage } from './page/example-page.js';
import { countBy, figuresOf } from './page/figures.js';

jest.setTimeout(600_000);

const offline = ({ findings }: Awaited<ReturnType<typeof play>>) =>
  findings.timeline.filter(({ kind, data }) => kind === 'reachability' && data['to'] === 'offline');

test('a webhook that dies is one alert, and no device turns offline', async () => {
  const played = await play(lasting('webhook-silent', 40), 70);
  expect(offline(played)).toEqual([]);
  expect(played.findings.alerts).toMatchObject([
    {
      rule: 'source',
      groupLabel: 'source',
      groupValue: '/webhook',
      cause: 'source_silent',
      state: 'resolved',
    },
  ]);
  expect(countBy(played.findings.messages, ({ kind }) => kind)).toEqual({
    'alert.firing': 1,
    'alert.resolved': 1,
  });
  checkPage('webhook-silent', figuresOf(played.incidents, played.findings));
});

test('a model that is told to report every hour is one notice, and no device turns offline', async () => {
  const played = await play('interval-campaign', 180, { devices: 512 });
  expect(offline(played)).toEqual([]);
  expect(played.findings.alerts).toMatchObject([
    { rule: 'source', groupLabel: 'model', groupValue: 'F670L', cause: 'model_quiet', severity: 'warning' },
  ]);
  checkPage('interval-campaign', figuresOf(played.incidents, played.findings));
});

test('all DSL lines that reconnect at night are nothing to tell', async () => {
  const played = await play('nightly-reconnect', 40);
  expect(played.findings.alerts).toEqual([]);
  expect(played.findings.messages).toEqual([]);
  const lines = new Set(played.incidents[0]!.serial_numbers);
  expect(
    played.findings.timeline.filter(
      ({ kind, serialNumber }) => kind === 'reachability' || (kind === 'boot' && lines.has(serialNumber)),
    ),
  ).toEqual([]);
  const changed = new Set(
    played.findings.timeline.filter(({ kind }) => kind === 'address').map(({ serialNumber }) => serialNumber),
  );
  expect(changed.size).toBe(played.incidents[0]!.devices);
  checkPage('nightly-reconnect', figuresOf(played.incidents, played.findings));
});
