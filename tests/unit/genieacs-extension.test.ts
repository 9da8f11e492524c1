import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAcsIngest } from '../../services/acs-ingest/src/app';
import { eventually } from '../support/eventually';
import { startFakeWebhook, type FakeWebhook } from '../support/fake-webhook';
import { createIntakeProbe } from '../support/intake-probe';
import { runExtension, type RunningExtension } from '../support/run-extension';

const FILE = join(__dirname, '../../docs/integrations/genieacs/cpemon-webhook.js');
const inform = (number: number, codes = ['2 PERIODIC']): string =>
  JSON.stringify({
    sn: `SN${number}`,
    oui: '00AA11',
    product_class: 'X',
    event_ts: '2026-11-21T10:00:00.000Z',
    event_codes: codes,
  });

let webhook: FakeWebhook;
let extension: RunningExtension | undefined;

const start = (settings: Record<string, string> = {}): RunningExtension =>
  (extension = runExtension(FILE, {
    CPEMON_WEBHOOK_URL: `${webhook.url}/acs/webhook`,
    CPEMON_WEBHOOK_SECRET: webhook.secret,
    ...settings,
  }));

beforeEach(async () => {
  webhook = await startFakeWebhook();
});

afterEach(async () => {
  extension?.child.kill('SIGKILL');
  await webhook.close();
});

describe('the extension for GenieACS', () => {
  it('answers the provision at once and posts the message signed in both ways', async () => {
    const { call } = start();
    await expect(call('inform', inform(1))).resolves.toMatchObject({ fault: null, value: true });
    await eventually('it arrives', () => webhook.taken.length === 1);

    const { headers, body, signed } = webhook.posts[0]!;
    expect(JSON.parse(body)).toEqual({ ...(JSON.parse(inform(1)) as object), event_type: 'inform' });
    expect(signed).toBe(true);
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
    const expected = createHmac('sha256', webhook.secret).update(
      `${String(id)}.${String(timestamp)}.${body}`,
    );
    expect(signature).toBe(`v1,${expected.digest('base64')}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);
  });

  it('makes the key of a whsec_ secret from its base64', async () => {
    webhook.secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`;
    const { call } = start();
    await call('inform', inform(1));
    await eventually('it arrives', () => webhook.taken.length === 1);
    const { headers, body } = webhook.posts[0]!;
    const expected = createHmac('sha256', '0123456789abcdef01234567')
      .update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  });

  it('gives the same thing the same id when a provision runs again, and other things others', async () => {
    const { call } = start();
    const values = (at: string): string =>
      JSON.stringify({
        sn: 'SN1',
        event_ts: at,
        parameters: { 'Device.A.B': { value: '1', at: '2026-01-01T00:00:00Z' } },
      });
    const said = [inform(1), inform(1), inform(1, ['1 BOOT']), inform(2)];
    for (const [index, message] of said.entries()) {
      await call('inform', message);
      await eventually('it arrives', () => webhook.taken.length === index + 1);
    }
    for (const [index, at] of ['2026-11-21T10:00:00Z', '2026-11-21T10:05:00Z'].entries()) {
      await call('values', values(at));
      await eventually('it arrives', () => webhook.taken.length === said.length + index + 1);
    }
    const ids = webhook.posts.map(({ headers }) => headers['webhook-id']);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids.slice(1, 5)).size).toBe(4);
    expect(ids[5]).toBe(ids[4]);
  });

  it('never makes the provision wait, whatever CPEmon does', async () => {
    webhook.answer = () => 'hang';
    const { call } = start({ CPEMON_WEBHOOK_TIMEOUT_MS: '200' });
    await call('inform', inform(0));
    for (let number = 1; number <= 200; number += 1) {
      const { fault, ms } = await call('inform', inform(number));
      expect(fault).toBeNull();
      expect(ms).toBeLessThan(500);
    }
    delete webhook.answer;
    await eventually(
      'all of them arrive',
      () => new Set(webhook.taken.map(({ sn }) => sn)).size === 201,
      15_000,
    );
  });

  it('tries again, under the same id, until CPEmon takes it', async () => {
    let asked = 0;
    webhook.answer = () => ((asked += 1) <= 2 ? { status: asked === 1 ? 503 : 401 } : undefined);
    const { call, lines } = start();
    await call('inform', inform(1));
    await eventually('it arrives', () => webhook.taken.length === 1, 15_000);
    expect(webhook.posts).toHaveLength(3);
    expect(new Set(webhook.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(lines.join()).toContain('CPEmon does not take messages (HTTP 503); they wait');
  });

  it('waits as long as CPEmon asks for', async () => {
    let firstAt = 0;
    webhook.answer = () => {
      if (firstAt !== 0) return undefined;
      firstAt = performance.now();
      return { status: 503, headers: { 'retry-after': '2' } };
    };
    const { call } = start();
    await call('inform', inform(1));
    await eventually('it arrives', () => webhook.taken.length === 1, 15_000);
    expect(performance.now() - firstAt).toBeGreaterThan(1900);
  });

  it('drops what CPEmon will never take, and says how many', async () => {
    webhook.answer = ({ body }) =>
      body.includes('"SN1"') ? { status: 400, body: { code: 'invalid_sn' } } : undefined;
    const { call, lines } = start();
    await call('inform', inform(1));
    await call('inform', inform(2));
    await eventually('the other arrives', () => webhook.taken.length === 1);
    await eventually('it says so', () => lines.length > 0, 15_000);
    expect(lines.join()).toContain(
      '1 messages dropped, 1 since the start (refused 1); 0 wait; last trouble: HTTP 400',
    );
    expect(webhook.posts).toHaveLength(2);
  });

  it('drops the oldest when its queue is full, and goes on', async () => {
    await webhook.close();
    const { call, lines } = start({ CPEMON_WEBHOOK_QUEUE: '20' });
    for (let number = 1; number <= 50; number += 1) await call('inform', inform(number));
    await eventually('it says so', () => lines.some((line) => line.includes('queue_full')), 15_000);
    expect(lines.join()).toMatch(/queue_full 30\); 20 wait; last trouble: ECONNREFUSED/);
    const { port } = new URL(webhook.url);
    webhook = await startFakeWebhook(webhook.secret, Number(port));
    await eventually('the newest arrive', () => webhook.taken.length >= 20, 40_000);
    expect(webhook.taken.map(({ sn }) => sn)).toContain('SN50');
  }, 60_000);

  it('keeps its connections', async () => {
    const { call } = start({ CPEMON_WEBHOOK_CONNECTIONS: '1' });
    for (let number = 1; number <= 20; number += 1) await call('inform', inform(number));
    await eventually('all arrive', () => webhook.taken.length === 20);
    expect(webhook.connections).toBe(1);
  });

  it.each([
    ['no settings', { CPEMON_WEBHOOK_URL: '', CPEMON_WEBHOOK_SECRET: '' }, inform(1)],
    ['a broken address', { CPEMON_WEBHOOK_URL: 'nowhere' }, inform(1)],
    ['a wrong number', { CPEMON_WEBHOOK_TIMEOUT_MS: '10s' }, inform(1)],
    ['a message that is no JSON', {}, '{'],
    ['a message that is null', {}, 'null'],
    ['a message of 100 kB', {}, JSON.stringify({ sn: 'x'.repeat(100_000) })],
  ])('does not fail a session for %s', async (_what, settings, message) => {
    const { call } = start(settings);
    await expect(call('inform', message)).resolves.toMatchObject({ fault: null, value: false });
    await expect(call('inform', message)).resolves.toMatchObject({ fault: null, value: false });
  });

  it('sends what waits when GenieACS ends, for two seconds at most', async () => {
    webhook.answer = () => 'hang';
    const first = start({ CPEMON_WEBHOOK_TIMEOUT_MS: '30000' });
    await first.call('inform', inform(1));
    const began = performance.now();
    await expect(first.stop()).resolves.toBe(0);
    expect(performance.now() - began).toBeLessThan(4000);

    delete webhook.answer;
    const second = start({ CPEMON_WEBHOOK_CONNECTIONS: '1' });
    for (let number = 1; number <= 30; number += 1) await second.call('inform', inform(number));
    await expect(second.stop()).resolves.toBe(0);
    expect(webhook.taken).toHaveLength(30);
  });

  it('is understood by acs-ingest: an Inform, its codes and, when it comes again, its identity', async () => {
    const probe = createIntakeProbe('acs-ingest', ['webhook', 'mirror', 'cwmp']);
    const { appender, metrics, logger } = probe;
    const url = await probe.serve(
      createAcsIngest({ appender, metrics, logger, webhookSecrets: [webhook.secret] }),
    );
    const { call } = start({ CPEMON_WEBHOOK_URL: `${url}/acs/webhook` });
    await call('inform', inform(7, ['0 BOOTSTRAP', '1 BOOT']));
    await eventually('it arrives', () => appender.events.length === 1);
    await call('inform', inform(7, ['0 BOOTSTRAP', '1 BOOT']));
    await eventually('it arrives again', () => appender.events.length === 2);
    const parameters = {
      'Device.DeviceInfo.UpTime': { value: '77', type: 'unsignedInt', at: '2026-11-21T09:59:00.000Z' },
    };
    await call('values', JSON.stringify({ sn: 'SN7', event_ts: '2026-11-21T10:00:00.000Z', parameters }));
    await eventually('the values arrive', () => appender.events.length === 3);
    await probe.close();

    const [one, again, values] = appender.events;
    expect(one).toMatchObject({
      type: 'cpemon.acs-event.v1',
      subject: 'SN7',
      oui: '00AA11',
      data: { occurrence: 'inform', event_codes: ['0 BOOTSTRAP', '1 BOOT'] },
    });
    expect(again!.id).toBe(one!.id);
    expect(values!.data).toMatchObject({ occurrence: 'values', parameters });
  });
});

describe('the provisions for GenieACS', () => {
  const NOW = Date.parse('2026-11-21T10:00:00.000Z');

  /** The script in the sandbox's own words, over a device's parameters. @returns what it hands to the extension */
  function runProvision(
    name: string,
    known: Record<string, [unknown, string]>,
    args: unknown[] = [],
  ): unknown[][] {
    const script = readFileSync(
      join(__dirname, `../../docs/integrations/genieacs/provisions/${name}.js`),
      'utf8',
    );
    const calls: unknown[][] = [];
    const declare = (path: string): object => {
      const pattern = new RegExp(`^${path.replace(/\./g, '\\.').replace(/\*/g, '[^.]+')}$`);
      const found = Object.entries(known)
        .filter(([each]) => pattern.test(each))
        .map(([each, value]) => ({ path: each, value }));
      return { ...found[0], [Symbol.iterator]: () => found[Symbol.iterator]() };
    };
    class SessionDate extends Date {
      static override now(interval?: number): number {
        return interval === undefined ? NOW : Math.floor(NOW / interval) * interval;
      }
    }
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    const run = new Function('args', 'declare', 'ext', 'Date', `"use strict";${script}`) as (
      ...globals: unknown[]
    ) => void;
    run(args, declare, (...call: unknown[]) => calls.push(call), SessionDate);
    return calls;
  }

  const DEVICE: Record<string, [unknown, string]> = {
    'DeviceID.SerialNumber': ['SN1', 'xsd:string'],
    'DeviceID.OUI': ['00AA11', 'xsd:string'],
    'DeviceID.ProductClass': ['X', 'xsd:string'],
    'DeviceID.Manufacturer': ['Acme', 'xsd:string'],
  };
  const NAMES = { sn: 'SN1', oui: '00AA11', product_class: 'X', manufacturer: 'Acme' };

  it('cpemon-inform tells the codes of this session as the CPE wrote them', () => {
    const at = (time: number): [number, string] => [time, 'xsd:dateTime'];
    const calls = runProvision('cpemon-inform', {
      ...DEVICE,
      'Events.Inform': at(NOW),
      'Events.Registered': at(NOW),
      'Events.0_BOOTSTRAP': at(NOW - 1000),
      'Events.1_BOOT': at(NOW),
      'Events.4_VALUE_CHANGE': at(NOW),
      'Events.M_Reboot': at(NOW),
      'Events.X_CT0x2DCOM_BIND': at(NOW),
    });
    expect(calls).toHaveLength(1);
    const [file, name, message] = calls[0]!;
    expect([file, name]).toEqual(['cpemon-webhook', 'inform']);
    expect(JSON.parse(message as string)).toEqual({
      ...NAMES,
      event_ts: '2026-11-21T10:00:00.000Z',
      event_codes: ['1 BOOT', '4 VALUE CHANGE', 'M Reboot', 'X CT-COM BIND'],
    });
  });

  it('cpemon-health tells values with their types and the time since which they hold', () => {
    const calls = runProvision(
      'cpemon-health',
      {
        ...DEVICE,
        'Device.DeviceInfo.UpTime': [77, 'xsd:unsignedInt'],
        'Device.Optical.Interface.1.OpticalSignalLevel': [-21500, 'xsd:int'],
        'Device.Optical.Interface.2.OpticalSignalLevel': [-19000, 'xsd:int'],
        'Device.IP.Interface.1.LastSeen': [NOW, 'xsd:dateTime'],
      },
      [
        7200,
        'Device.DeviceInfo.UpTime',
        'Device.Optical.Interface.*.OpticalSignalLevel',
        'Device.IP.Interface.1.LastSeen',
        'Device.No.Such',
      ],
    );
    const at = new Date(Math.floor(NOW / 7_200_000) * 7_200_000).toISOString();
    expect(JSON.parse(calls[0]![2] as string)).toEqual({
      ...NAMES,
      event_ts: '2026-11-21T10:00:00.000Z',
      parameters: {
        'Device.DeviceInfo.UpTime': { value: '77', type: 'unsignedInt', at },
        'Device.Optical.Interface.1.OpticalSignalLevel': { value: '-21500', type: 'int', at },
        'Device.Optical.Interface.2.OpticalSignalLevel': { value: '-19000', type: 'int', at },
        'Device.IP.Interface.1.LastSeen': { value: '2026-11-21T10:00:00.000Z', type: 'dateTime', at },
      },
    });
  });

  it('cpemon-health says nothing of a device that has none of it', () => {
    expect(runProvision('cpemon-health', DEVICE, [0, 'Device.DeviceInfo.UpTime'])).toEqual([]);
  });
});
