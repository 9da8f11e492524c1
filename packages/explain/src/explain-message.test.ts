import { gzipSync } from 'node:zlib';
import { CWMP_CORPUS } from '../../../tests/corpus/cwmp/index.js';
import { WEBHOOK_CORPUS } from '../../../tests/corpus/webhook/index.js';
import { informXml } from '../../../tests/support/cwmp-bodies.js';
import { explainMessage, explanationText, LARGEST_MESSAGE_BYTES, type ExplainOptions } from './index.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const explain = (body: string | Buffer, options: Partial<ExplainOptions> = {}) =>
  explainMessage(Buffer.from(body), { nowMs: NOW, ...options });
const json = (value: unknown, options: Partial<ExplainOptions> = {}) =>
  explain(JSON.stringify(value), options);

const PON = 'InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig';
const INFORM = informXml({
  currentTime: '2026-11-21T11:59:30Z',
  parameters: {
    'InternetGatewayDevice.DeviceInfo.SoftwareVersion': 'V5R020',
    [`${PON}.RXPower`]: '-21.3',
    [`${PON}.TXPower`]: '--',
    [`${PON}.SupplyVoltage`]: '3415',
    'InternetGatewayDevice.ManagementServer.Password': 'hunter2',
    'InternetGatewayDevice.LANDevice.1.Hosts.Host.1.HostName': 'annas-phone',
    'InternetGatewayDevice.X_ACME.7.Level': '12',
  },
});

describe('an Inform', () => {
  const explanation = explain(INFORM);
  const traceOf = (ending: string) =>
    explanation.events[0]?.parameters.find(({ path }) => path.endsWith(ending));

  test('is recognised, with its device and its time', () => {
    expect(explanation).toMatchObject({ shape: 'cwmp', because: 'it begins as XML does' });
    expect(explanation.events[0]).toMatchObject({
      identifiedBy: 'the DeviceId of the Inform',
      timeAsSent: '2026-11-21T11:59:30Z',
      event: { subject: 'CPE-1', oui: '00259E', time: '2026-11-21T11:59:30.000Z' },
    });
  });

  test('says of each parameter what it becomes, by which rule of which file', () => {
    expect(traceOf('RXPower')).toEqual({
      ...{ path: `${PON}.RXPower`, type: 'string', raw: '-21.3' },
      ...{ becomes: 'metric', name: 'rx_power_dbm', value: -21.3, unit: 'dBm' },
      rule: { file: 'Huawei', path: 'InternetGatewayDevice.WANDevice.{i}.X_GponInterafceConfig.RXPower' },
    });
    expect(traceOf('SupplyVoltage')).toMatchObject({ value: 3.415, unit: 'V, mV or 0.1 mV' });
    expect(traceOf('SoftwareVersion')).toMatchObject({ becomes: 'attribute', name: 'sw_version' });
    expect(traceOf('TXPower')).toMatchObject({ becomes: 'nothing', reason: 'no_reading' });
    expect(traceOf('Level')).toMatchObject({ becomes: 'unmapped', raw: '12', notKept: 'unknown_value' });
  });

  test('shows no secret and no name of a customer', () => {
    expect(traceOf('Password')).toMatchObject({ becomes: 'secret', notKept: 'secret' });
    expect(traceOf('HostName')).toMatchObject({ becomes: 'counted', notKept: 'station' });
    const everything = JSON.stringify(explanation) + explanationText(explanation);
    expect(everything).not.toContain('hunter2');
    expect(everything).not.toContain('annas-phone');
  });

  test('reads as lines', () => {
    const text = explanationText(explanation);
    expect(text).toContain('shape       cwmp: it begins as XML does');
    expect(text).toMatch(/RXPower = "-21\.3" → metric rx_power_dbm -21\.3 {2}\[Huawei: .*RXPower, in dBm\]/);
    expect(text).toMatch(/TXPower = "--" → nothing for tx_power_dbm: no_reading/);
    expect(text).toMatch(/left out {4}.*1 secret/);
  });

  test('may be compressed', () => {
    expect(explain(gzipSync(INFORM))).toMatchObject({ shape: 'cwmp', inflatedBytes: INFORM.length });
  });
});

test('of several parameters for one metric the one that has the say is named', () => {
  const { events } = explain(
    informXml({
      parameters: {
        'Device.Optical.Interface.2.OpticalSignalLevel': '-30000',
        'Device.Optical.Interface.1.OpticalSignalLevel': '-21500',
      },
    }),
  );
  expect(events[0]?.parameters.map(({ value, overruledBy }) => [value, overruledBy])).toEqual([
    [-30, -21.5],
    [-21.5, undefined],
  ]);
});

describe('bulk data', () => {
  const REPORT = { CollectionTime: NOW / 1000 - 60, 'Device.Optical.Interface.1.OpticalSignalLevel': -21500 };

  test('has its device in the address', () => {
    const explanation = json(
      { Report: [REPORT] },
      { address: '/v1/bulkdata?oui=00d09e&pc=Home&sn=A1&profile=wan' },
    );
    expect(explanation.shape).toBe('bulkdata-json');
    expect(explanation.events[0]).toMatchObject({
      event: { subject: 'A1', oui: '00D09E', data: { profile: 'wan', metrics: { rx_power_dbm: -21.5 } } },
      identifiedBy: 'the address',
      timeAsSent: String(NOW / 1000 - 60),
    });
  });

  test('without an address is of an unknown device, and a note says so', () => {
    const explanation = json({ Report: [REPORT] });
    expect(explanation.events[0]?.event.subject).toBe('unknown');
    expect(explanation.notes.join()).toContain('?oui=&pc=&sn=');
  });

  test('may be CSV', () => {
    const csv = `ReportTimestamp,Device.DeviceInfo.UpTime\n${NOW / 1000},3600\n`;
    const explanation = explain(csv, { device: '00D09E-Home-A1' });
    expect(explanation.shape).toBe('bulkdata-csv');
    expect(explanation.events[0]?.event).toMatchObject({
      subject: 'A1',
      data: { metrics: { uptime_seconds: 3600 } },
    });
  });

  test('shows the first of many reports and counts the others', () => {
    const reports = Array.from({ length: 50 }, (_, n) => ({
      ...REPORT,
      CollectionTime: NOW / 1000 - n * 60,
    }));
    const explanation = json({ Report: reports });
    expect([explanation.events.length, explanation.further]).toEqual([20, 30]);
    expect(explanationText(explanation)).toContain('30 further events are not shown.');
  });
});

test('each field of a heartbeat says what it becomes', () => {
  const { shape, events } = json({
    ...{ sn: 'A1', ts: '2026-11-21T11:59:00Z', cpu_pct: 12, mem_pct: 'many', wan_ip: '203.0.113.9' },
    ...{ interval_seconds: 60, note: 'x', password: 'hunter2' },
  });
  expect(shape).toBe('heartbeat');
  expect(Object.fromEntries(events[0]!.fields.map(({ field, ...rest }) => [field, rest]))).toEqual({
    sn: { raw: 'A1', becomes: 'identity' },
    ts: { raw: '2026-11-21T11:59:00Z', becomes: 'time', value: '2026-11-21T11:59:00.000Z' },
    cpu_pct: { raw: 12, becomes: 'metric', name: 'cpu_used_ratio', value: 0.12 },
    mem_pct: { raw: 'many', becomes: 'nothing', reason: 'not_a_number' },
    wan_ip: { raw: '203.0.113.9', becomes: 'attribute', name: 'wan_ip', value: '203.0.113.9' },
    interval_seconds: { raw: 60, becomes: 'interval', name: 'interval_seconds', value: 60 },
    note: { raw: 'x', becomes: 'extra', name: 'note', value: 'x' },
    password: { becomes: 'nothing', reason: 'secret' },
  });
});

test('lines of heartbeats are each one event, and a bad one refuses itself', () => {
  const { events, rejected } = explain('{"sn":"A1","cpu_pct":1}\n{"cpu_pct":2}\n{"sn":"A2"}\n');
  expect(events.map(({ event }) => event.subject)).toEqual(['A1', 'A2']);
  expect(rejected).toEqual([{ index: 1, reason: 'missing_sn' }]);
});

test('a CloudEvent is taken out of its envelope', () => {
  const { shape, events } = json({
    ...{ specversion: '1.0', id: '1', source: '//olt-7', type: 'cpemon.observation.v1', subject: 'A1' },
    data: { observer: 'olt', observed: 'dying_gasp', olt_rx_power_dbm: -24.5 },
  });
  expect(shape).toBe('cloudevents');
  expect(events[0]?.event).toMatchObject({
    source: '/observation/olt',
    data: { observation: { observer: 'olt' } },
  });
  expect(events[0]?.fields).toContainEqual({
    ...{ field: 'olt_rx_power_dbm', raw: -24.5, becomes: 'metric', name: 'olt_rx_power_dbm', value: -24.5 },
  });
});

test('a time that nobody believes is shown as it was sent', () => {
  const text = explanationText(json({ sn: 'A1', ts: '1970-01-01T00:00:10Z' }));
  expect(text).toMatch(/time {6}"1970-01-01T00:00:10Z" is not believed/);
});

test.each([
  ['fields', JSON.stringify(Object.fromEntries([['sn', 'A1'], ...everyName('f')]))],
  ['parameters', JSON.stringify({ Report: [Object.fromEntries(everyName('Device.X_A.P'))] })],
])('a message with thousands of %s is explained as far as a person reads', (_what, body) => {
  const startedAt = performance.now();
  const { events } = explain(body);
  expect(events[0]!.fields.length + events[0]!.parameters.length).toBeLessThanOrEqual(3000);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

function everyName(prefix: string): [string, number][] {
  return Array.from({ length: 9000 }, (_, n) => [`${prefix}${n}`, n]);
}

test('what cannot be read is refused with its code', () => {
  expect(explain('{"sn":').refusal?.code).toBe('invalid_json');
  expect(explain('<a/>').refusal?.code).toBe('not_soap');
  expect(explain('no header').refusal?.code).toBeDefined();
  expect(explain('').refusal?.code).toBe('not_bulk_data');
  expect(explain(Buffer.alloc(LARGEST_MESSAGE_BYTES + 1)).refusal?.code).toBe('body_too_large');
});

describe.each(CWMP_CORPUS)('the corpus of CWMP: %s', (_group, rows) => {
  test.each(rows.map((row) => [row.name, row] as const))('%s', (_name, { body, contentType, expected }) => {
    const explanation = explain(body, { contentType: contentType ?? 'text/xml', device: '00259E-X-A1' });
    const code = body.length > LARGEST_MESSAGE_BYTES ? 'body_too_large' : undefined;
    if ('refused' in expected) expect(explanation.refusal?.code).toBe(code ?? expected.refused);
    explanationText(explanation);
    expect(JSON.stringify(explanation.events)).not.toContain('hunter2');
  });
});

test.each(WEBHOOK_CORPUS.map((row) => [row.name, row] as const))(
  'the corpus of webhooks: %s',
  (_name, row) => {
    const { body, contentType, expected } = row;
    if (contentType !== undefined) return;
    const explanation = explain(body, { as: 'webhook', nowMs: Date.now() });
    explanationText(explanation);
    if ('status' in expected) return expect(explanation.refusal?.code).toBeDefined();
    const shown = explanation.events.map(({ event }) => event);
    expect(shown.length + explanation.further).toBe(expected.events.length);
    for (const [index, event] of shown.entries()) {
      const wanted = Object.entries(expected.events[index]!).filter(([, value]) => value !== undefined);
      expect(event).toMatchObject(Object.fromEntries(wanted));
    }
  },
);
