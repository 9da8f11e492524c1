import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../../../tests/support/eventually';
import { fakeDevice, startFakeNbi, type FakeDocument, type FakeNbi } from '../../../tests/support/fake-nbi';
import { startFakeWebhook, type FakeWebhook } from '../../../tests/support/fake-webhook';
import { runConnector, type ConnectorOptions } from './connector';
import type { ConnectorState } from './state-file';

const START_MS = Date.parse('2026-11-21T10:00:00.000Z');
const timeOf = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
const fleet = (count: number): FakeDocument[] =>
  Array.from({ length: count }, (_, index) => fakeDevice(index, timeOf(index % 300)));

/** Bytes that are reachable. */
function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

let nbi: FakeNbi;
let webhook: FakeWebhook;
let folder: string;
let lines: string[];

beforeEach(async () => {
  nbi = await startFakeNbi();
  webhook = await startFakeWebhook();
  folder = mkdtempSync(join(tmpdir(), 'genieacs-connector-'));
  lines = [];
});

afterEach(async () => {
  await nbi.close();
  await webhook.close();
  rmSync(folder, { recursive: true });
});

const optionsOf = (changes: Partial<ConnectorOptions> = {}): ConnectorOptions => ({
  nbi: { url: nbi.url },
  acsIngest: { url: webhook.url, secret: webhook.secret },
  stateFile: join(folder, 'state.json'),
  once: true,
  intervalMs: 20,
  overlapMs: 120_000,
  pageSize: 10,
  requestsPerSecond: 10_000,
  faults: true,
  parameters: ['Device.DeviceInfo.UpTime'],
  tell: (line) => lines.push(line),
  signal: new AbortController().signal,
  firstWaitMs: 5,
  ...changes,
});

const stateNow = (): ConnectorState =>
  JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as ConnectorState;
const serialsTaken = (): string[] => webhook.taken.map((one) => String(one['sn']));

describe('the GenieACS connector', () => {
  it('imports every device once, page by page, with its tags and the times of its values', async () => {
    nbi.devices = fleet(25);
    nbi.devices[3]!['_tags'] = ['business', 'north'];

    const totals = await runConnector(optionsOf());

    expect(totals).toEqual({ devices: 25, faults: 0, refused: 0 });
    expect(new Set(serialsTaken()).size).toBe(25);
    expect(webhook.posts.every((post) => post.signed)).toBe(true);
    expect(webhook.taken[3]).toEqual({
      sn: 'SN000003',
      oui: '00AA11',
      product_class: 'Model-X',
      manufacturer: 'Acme',
      event_ts: timeOf(3),
      event_type: 'values',
      tags: 'business,north',
      parameters: { 'Device.DeviceInfo.UpTime': { value: '1003', type: 'unsignedInt', at: timeOf(3) } },
    });
    expect(stateNow().import).toEqual({ done: true, after_id: nbi.devices[24]!._id, devices: 25 });
    expect(stateNow().devices_until).toBe(timeOf(24));
  });

  it('asks only for what it needs', async () => {
    nbi.devices = fleet(1);
    await runConnector(optionsOf());
    const { projection } = nbi.requests.at(1)!;
    expect(projection).toContain('Device.DeviceInfo.UpTime');
    expect(projection).toContain('_tags');
    expect(webhook.posts[0]!.body).not.toContain('SerialNumber');
  });

  it('sends the devices that informed since, and no others, in the next round', async () => {
    nbi.devices = fleet(25);
    await runConnector(optionsOf({ overlapMs: 0 }));
    webhook.taken.length = 0;
    nbi.devices[7] = fakeDevice(7, timeOf(1000));
    nbi.devices.push(fakeDevice(900, timeOf(1001)));

    await runConnector(optionsOf({ overlapMs: 0 }));

    // The last of the round before is asked for again: another may bear the same time.
    expect(serialsTaken()).toEqual(['SN000024', 'SN000007', 'SN000900']);
    expect(stateNow().devices_until).toBe(timeOf(1001));
  });

  it('finds a device whose session began before the round that ended, within the overlap', async () => {
    nbi.devices = fleet(5);
    const stop = new AbortController();
    const running = runConnector(optionsOf({ once: false, signal: stop.signal }));
    await eventually('the import is done', () => stateNow().import.done);
    nbi.devices.push(fakeDevice(77, timeOf(-60)));
    await eventually('the late one came', () => serialsTaken().includes('SN000077'));
    await eventually('more rounds', () => nbi.requests.length > 20);
    stop.abort();
    await running;
    // Nothing else of the overlap was sent again.
    expect(serialsTaken()).toHaveLength(6);
  });

  it('pages through many devices of one time', async () => {
    nbi.devices = Array.from({ length: 35 }, (_, index) => fakeDevice(index, timeOf(0)));
    await runConnector(optionsOf());
    webhook.taken.length = 0;
    nbi.devices = nbi.devices.map((_, index) => fakeDevice(index, timeOf(500)));
    await runConnector(optionsOf());
    expect(new Set(serialsTaken()).size).toBe(35);
  });

  it('reads a page again that broke off, was refused with 500, or never came', async () => {
    nbi.devices = fleet(25);
    nbi.fail('cut', 200 + 300, 'cut');
    await runConnector(optionsOf());
    expect(new Set(serialsTaken()).size).toBe(25);
    expect(serialsTaken()).toHaveLength(25);
    expect(lines.some((line) => line.includes('no whole JSON') || line.includes('does not answer'))).toBe(
      true,
    );
    expect(lines).toContain('The NBI answers again, after 3 failed tries');
  });

  it('gives up in the middle and goes on there in the next run', async () => {
    nbi.devices = fleet(45);
    let requests = 0;
    nbi.onRequest = () => {
      requests += 1;
      if (requests > 3) nbi.fail(503);
    };
    await expect(runConnector(optionsOf())).rejects.toThrow(/answers HTTP 503/);
    expect(stateNow().import).toMatchObject({ done: false, devices: 20 });
    delete nbi.onRequest;
    nbi.requests.length = 0;

    await runConnector(optionsOf());

    expect(lines).toContain('The import goes on after 20 devices');
    expect(serialsTaken().slice(0, 45)).toEqual(nbi.devices.map((one) => one._id.split('-')[2]));
    expect(stateNow().import).toMatchObject({ done: true, devices: 45 });
  });

  it('does not move on before CPEmon has acknowledged', async () => {
    nbi.devices = fleet(25);
    let posts = 0;
    webhook.answer = () => ((posts += 1) > 1 ? { status: 503, headers: { 'retry-after': '0' } } : undefined);
    await expect(runConnector(optionsOf())).rejects.toThrow(/acs-ingest .* answers HTTP 503/);
    expect(stateNow().import).toMatchObject({ done: false, devices: 10 });

    delete webhook.answer;
    await runConnector(optionsOf());
    expect(new Set(serialsTaken()).size).toBe(25);
  });

  it('goes on without what CPEmon refuses for good, and says so', async () => {
    nbi.devices = fleet(12);
    webhook.answer = ({ body }) =>
      body.includes('"SN000004"') ? { status: 413, body: { code: 'event_too_large' } } : undefined;
    const totals = await runConnector(optionsOf());
    expect(totals).toMatchObject({ devices: 11, refused: 1 });
    expect(lines).toContain('Refused for good, of 10 devices: event_too_large 1');
  });

  it('counts what CPEmon refuses out of a body it takes', async () => {
    nbi.devices = fleet(10);
    webhook.answer = () => ({ status: 202, body: { rejected: [{ index: 1, reason: 'invalid_sn' }] } });
    const totals = await runConnector(optionsOf());
    expect(totals).toMatchObject({ devices: 9, refused: 1 });
  });

  it('stops with a sentence when the secret is wrong', async () => {
    nbi.devices = fleet(3);
    webhook.answer = ({ signed }) =>
      signed ? undefined : { status: 401, body: { code: 'invalid_signature' } };
    const wrong = { url: webhook.url, secret: 'another' };
    await expect(runConnector(optionsOf({ acsIngest: wrong }))).rejects.toThrow(
      /HTTP 401 invalid_signature \(the secret is not one of its WEBHOOK_SECRETS\)/,
    );
  });

  it('sends faults by their time, each once', async () => {
    const fault = (number: number, seconds: number): FakeDocument => ({
      _id: `00AA11-Model%2DX-SN00000${number}:default`,
      device: `00AA11-Model%2DX-SN00000${number}`,
      channel: 'default',
      timestamp: timeOf(seconds),
      code: 'cwmp.9005',
      message: 'Invalid parameter name',
      retries: 2,
    });
    nbi.faults = [fault(1, 5), fault(2, 6)];
    const stop = new AbortController();
    const running = runConnector(optionsOf({ once: false, signal: stop.signal }));
    await eventually('both came', () => webhook.taken.length === 2);
    nbi.faults[0] = fault(1, 50);
    await eventually('the one that came again', () => webhook.taken.length === 3);
    await eventually('it is noted', () => stateNow().faults_until === timeOf(50));
    stop.abort();
    await running;
    expect(webhook.taken[2]).toEqual({
      sn: 'SN000001',
      oui: '00AA11',
      product_class: 'Model-X',
      event_ts: timeOf(50),
      event_type: 'fault',
      fault_code: '9005',
      fault_text: 'Invalid parameter name',
      channel: 'default',
      retries: 2,
    });
    expect(stateNow().faults_until).toBe(timeOf(50));
  });

  it('ends at once when it is told to, also while the NBI hangs', async () => {
    nbi.devices = fleet(25);
    nbi.fail('hang');
    const stop = new AbortController();
    const running = runConnector(optionsOf({ once: false, signal: stop.signal }));
    await eventually('it asks', () => nbi.requests.length === 1);
    stop.abort();
    await expect(running).resolves.toMatchObject({ devices: 0 });
  });

  it('keeps its distance between two requests', async () => {
    nbi.devices = fleet(30);
    const began = performance.now();
    await runConnector(optionsOf({ requestsPerSecond: 50, faults: false }));
    expect(nbi.requests.length).toBeGreaterThanOrEqual(5);
    expect(performance.now() - began).toBeGreaterThan((nbi.requests.length - 1) * 20 - 5);
  });

  it('refuses a state of another NBI, and one that it cannot read', async () => {
    writeFileSync(
      join(folder, 'state.json'),
      JSON.stringify({
        version: 1,
        nbi: 'http://other',
        import: { done: true, after_id: null, devices: 0 },
        devices_until: null,
        faults_until: null,
      }),
    );
    await expect(runConnector(optionsOf())).rejects.toThrow(/belongs to the NBI at http:\/\/other/);
    writeFileSync(join(folder, 'state.json'), '{"version":1');
    await expect(runConnector(optionsOf())).rejects.toThrow(/is not a state of this connector/);
  });

  it('holds no more at the end of 10,000 devices than at their beginning', async () => {
    nbi.devices = fleet(10_000);
    // 20 MB of documents pass through.
    const text = 'x'.repeat(2000);
    JSON.stringify(text);
    for (const one of nbi.devices) {
      one['Device'] = { DeviceInfo: { UpTime: { _value: text, _timestamp: timeOf(0) } } };
    }
    const heap: number[] = [];
    let received = 0;
    webhook.answer = ({ body }) => {
      received += body.split('"sn":').length - 1;
      webhook.posts.length = 0;
      webhook.taken.length = 0;
      if (received === 1000 || received === 10_000) heap.push(heapAfterCollection());
      return undefined;
    };
    const totals = await runConnector(optionsOf({ pageSize: 200 }));
    expect(totals.devices).toBe(10_000);
    expect(received).toBe(10_000);
    expect(nbi.requests.every(({ limit }) => limit <= 200)).toBe(true);
    expect((heap.at(-1)! - heap[0]!) / 1e6).toBeLessThan(5);
  }, 60_000);
});
