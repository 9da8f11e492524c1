import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runVerb } from '../../packages/local-stack/src/cli';
import { requireSignature } from '../../packages/intake/src';
import { createAcsIngest } from '../../services/acs-ingest/src/app';
import { fakeDevice, startFakeNbi, type FakeNbi } from '../support/fake-nbi';
import { createIntakeProbe, type IntakeProbe } from '../support/intake-probe';

const SECRET = 'a-webhook-secret';
const AT = '2026-11-21T10:00:00.000Z';

let nbi: FakeNbi;
let probe: IntakeProbe;
let folder: string;
let acsUrl: string;
let out: string;
let err: string;

beforeEach(async () => {
  nbi = await startFakeNbi([fakeDevice(1, AT, ['business']), fakeDevice(2, AT)]);
  probe = createIntakeProbe('acs-ingest', ['webhook', 'mirror', 'cwmp']);
  const { appender, metrics, logger } = probe;
  acsUrl = await probe.serve(createAcsIngest({ appender, metrics, logger, webhookSecrets: [SECRET] }));
  folder = mkdtempSync(join(tmpdir(), 'genieacs-verb-'));
  out = '';
  err = '';
});

afterEach(async () => {
  await nbi.close();
  await probe.close();
  rmSync(folder, { recursive: true });
});

const genieacs = (args: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<number> =>
  runVerb(['genieacs', '--nbi', nbi.url, '--once', '--state', join(folder, 'state.json'), ...args], {
    repository: folder,
    environment: { CPEMON_ACS_URL: acsUrl, CPEMON_WEBHOOK_SECRET: SECRET, ...environment },
    out: (text) => (out += text),
    err: (text) => (err += text),
  });

test('cpemon genieacs --once imports the devices into acs-ingest, each value with the time at which it was read', async () => {
  await expect(genieacs()).resolves.toBe(0);
  expect(out).toContain('2 devices and 0 faults sent, 0 refused');
  const [first] = probe.appender.events;
  expect(probe.appender.events).toHaveLength(2);
  expect(first).toMatchObject({
    source: '/webhook',
    type: 'cpemon.acs-event.v1',
    subject: 'SN000001',
    oui: '00AA11',
    productclass: 'Model-X',
    time: AT,
    data: {
      occurrence: 'values',
      extra: { tags: 'business' },
      parameters: { 'Device.DeviceInfo.UpTime': { value: '1001', type: 'unsignedInt', at: AT } },
    },
  });
});

test('what is sent again has the same identity', async () => {
  await genieacs();
  rmSync(join(folder, 'state.json'));
  await genieacs(['--page-size', '1']);
  const ids = probe.appender.events.map(({ id }) => id);
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(2);
});

test('an acs-ingest that takes Standard Webhooks alone gets them, with the same identity every time', async () => {
  const { appender, metrics, logger } = probe;
  const authenticity = requireSignature([SECRET], { scheme: 'standard' });
  acsUrl = await probe.serve(createAcsIngest({ appender, metrics, logger, authenticity }));
  await expect(genieacs()).resolves.toBe(1);
  expect(err).toContain('HTTP 401 invalid_signature');
  await expect(genieacs(['--standard'])).resolves.toBe(0);
  rmSync(join(folder, 'state.json'));
  await genieacs(['--standard', '--page-size', '1']);
  expect(appender.events).toHaveLength(4);
  expect(new Set(appender.events.map(({ id }) => id)).size).toBe(2);
});

test('a fault of a task on a device is one in acs-ingest', async () => {
  const device = nbi.devices[0]!._id;
  nbi.faults = [
    {
      _id: `${device}:default`,
      device,
      channel: 'default',
      timestamp: AT,
      code: 'cwmp.9005',
      message: 'Invalid',
      retries: 1,
    },
  ];
  await genieacs();
  expect(probe.appender.events.at(-1)).toMatchObject({
    subject: 'SN000001',
    data: { occurrence: 'fault', fault: { code: '9005', text: 'Invalid' } },
  });
});

test('without a stack, and without its address, it says what is missing', async () => {
  await expect(genieacs([], { CPEMON_ACS_URL: '', CPEMON_WEBHOOK_SECRET: '' })).resolves.toBe(1);
  expect(err).toContain('No stack is running');
  await expect(genieacs([], { CPEMON_ACS_URL: 'nowhere' })).resolves.toBe(1);
  expect(err).toContain('CPEMON_ACS_URL must be a URL');
});

test('credentials do not belong into the address of the NBI', async () => {
  await expect(genieacs(['--nbi', 'http://user:secret@127.0.0.1:7557'])).resolves.toBe(2);
  expect(err).not.toContain('stack');
});
