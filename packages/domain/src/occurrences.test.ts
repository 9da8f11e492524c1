import { applyEvent } from './apply-event.js';
import { newDeviceRecord, type DeviceRecord } from './device-record.js';
import type { CpeEvent, ReportData } from './event.js';
import { emptyIntakeHistory } from './intake-history.js';
import { DEFAULT_REACHABILITY_SETTINGS } from './reachability.js';
import { REMEMBERED_TOLD, REMEMBERED_TRANSFERS } from './repeats.js';
import type { TimelineEntry } from './timeline.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const RULES = { settings: DEFAULT_REACHABILITY_SETTINGS, intake: emptyIntakeHistory() };

let record: DeviceRecord;
let timeline: TimelineEntry[];
let sequence: number;

beforeEach(() => {
  record = newDeviceRecord({ serialNumber: 'SN1', oui: '', productClass: '' }, NOON);
  timeline = [];
  sequence = 0;
});

function apply(seconds: number, data: ReportData, fields: Partial<CpeEvent> = {}): string[] {
  sequence += 1;
  const before = timeline.length;
  const event: CpeEvent = {
    ...{ id: `e${sequence}`, source: '/cwmp', type: 'cpemon.inform.v1', subject: 'SN1', data },
    ...fields,
  };
  applyEvent(record, { sequence, receivedAt: NOON + seconds * 1000, event }, RULES, [], timeline);
  return timeline
    .slice(before)
    .map(({ kind, at, data: told }) => `${kind} ${(at - NOON) / 1000} ${JSON.stringify(told)}`);
}

const inform = (seconds: number, codes: string[], more: ReportData = {}, fields: Partial<CpeEvent> = {}) =>
  apply(seconds, { event_codes: codes, ...more }, fields);
const relayed = (seconds: number, data: ReportData) =>
  apply(seconds, data, { source: '/webhook', type: 'cpemon.acs-event.v1' });
const rpc = (seconds: number, method: string, args: Record<string, string>, more: ReportData = {}) =>
  apply(seconds, { rpc: { method, args }, ...more }, { type: 'cpemon.rpc.v1' });

describe('boots', () => {
  test.each([
    [['1 BOOT'], 'power_or_crash'],
    [['0 BOOTSTRAP', '1 BOOT'], 'bootstrap'],
    [['1 BOOT', 'M Reboot'], 'acs'],
    [['1 BOOT', '7 TRANSFER COMPLETE', 'M Download'], 'firmware'],
    [['1 BOOT', '7 TRANSFER COMPLETE', 'M Upload'], 'power_or_crash'],
  ])('%j is one boot, and its cause is %s', (codes, cause) => {
    const rows = inform(10, codes);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`boot 10 {"cause":"${cause}"`);
  });

  test('a boot after which the uptime goes on is a restart of the client', () => {
    inform(0, ['2 PERIODIC'], { metrics: { uptime_seconds: 5000 } });
    expect(inform(300, ['1 BOOT'], { metrics: { uptime_seconds: 5290 } })).toEqual([
      'boot 300 {"cause":"client_restart","codes":["1 BOOT"]}',
    ]);
    expect(inform(600, ['1 BOOT'], { metrics: { uptime_seconds: 20 } })[0]).toContain('power_or_crash');
  });

  test('a box that boots again and again within two minutes is no client that restarts', () => {
    inform(0, ['2 PERIODIC'], { metrics: { uptime_seconds: 5000 } });
    for (const seconds of [60, 130, 200]) {
      const [row] = inform(seconds, ['1 BOOT'], { metrics: { uptime_seconds: 20 } });
      expect(row).toContain('power_or_crash');
    }
    expect(inform(215, ['1 BOOT'], { metrics: { uptime_seconds: 35 } })[0]).toContain('client_restart');
  });

  test('PERIODIC, HEARTBEAT and VALUE CHANGE make no row', () => {
    expect(inform(0, ['2 PERIODIC', '4 VALUE CHANGE', '14 HEARTBEAT'])).toEqual([]);
    expect(record.repeats).toBeNull();
  });
});

describe('an Inform that is sent again', () => {
  test('has its boot only once, however often, with a new time each', () => {
    expect(inform(0, ['1 BOOT', 'M Reboot'], { command_keys: ['', 'k1'] })).toHaveLength(1);
    for (let retry = 1; retry < 6; retry += 1) {
      const codes = ['1 BOOT', 'M Reboot', '2 PERIODIC'];
      const time = new Date(NOON + retry * 20_000).toISOString();
      const more = { command_keys: ['', 'k1', ''], retry_count: retry };
      expect(inform(retry * 20, codes, more, { time })).toEqual([]);
    }
    expect(record.lastSeenAt).toBe(NOON + 100_000);
  });

  test('tells what it has merged since', () => {
    inform(0, ['1 BOOT']);
    expect(inform(20, ['1 BOOT', 'X 00259E Alarm'], { retry_count: 1 })).toEqual([
      'vendor 20 {"code":"X 00259E Alarm"}',
    ]);
    expect(
      inform(60, ['1 BOOT', 'X 00259E Alarm', 'M Reboot'], { retry_count: 2, command_keys: ['', '', 'k'] }),
    ).toEqual([]);
    expect(inform(90, ['0 BOOTSTRAP', '1 BOOT'], { retry_count: 3 })).toHaveLength(1);
  });

  test('of which no first attempt was heard is told once', () => {
    expect(inform(0, ['1 BOOT'], { retry_count: 4 })).toHaveLength(1);
    expect(inform(100, ['1 BOOT'], { retry_count: 5 })).toEqual([]);
  });

  test('is another boot when a new series of attempts began, or its uptime says so', () => {
    inform(0, ['1 BOOT']);
    inform(20, ['1 BOOT'], { retry_count: 3 });
    expect(inform(400, ['1 BOOT'], { retry_count: 1 })).toHaveLength(1);
    inform(1000, ['1 BOOT'], { metrics: { uptime_seconds: 60 } });
    expect(inform(1500, ['1 BOOT'], { retry_count: 2, metrics: { uptime_seconds: 50 } })).toHaveLength(1);
    expect(inform(1600, ['1 BOOT'], { retry_count: 3, metrics: { uptime_seconds: 150 } })).toEqual([]);
  });

  test('with RetryCount 0 is a boot of its own', () => {
    expect(inform(0, ['1 BOOT'])).toHaveLength(1);
    expect(inform(30, ['1 BOOT'])).toHaveLength(1);
  });

  test('with the same id is a duplicate and tells nothing, and lives', () => {
    inform(0, ['1 BOOT'], {}, { id: 'same' });
    expect(inform(50, ['1 BOOT'], {}, { id: 'same' })).toEqual([]);
    expect(record.lastSeenAt).toBe(NOON + 50_000);
  });

  test('is told from different ones by CommandKey', () => {
    const data = { retry_count: 0, command_keys: ['a'] };
    inform(0, ['M X_00259E_Scan'], data);
    expect(inform(9, ['M X_00259E_Scan'], { ...data, retry_count: 1 })).toEqual([]);
    expect(inform(19, ['M X_00259E_Scan'], { command_keys: ['b'], retry_count: 2 })).toHaveLength(1);
  });

  test('needs a memory that stays small', () => {
    for (let n = 0; n < 100; n += 1) inform(n, [`X 00259E ${n}`], { retry_count: 1 });
    for (let n = 0; n < 100; n += 1) rpc(n, 'TransferComplete', { CommandKey: `${n}` });
    expect(record.repeats!.told).toHaveLength(REMEMBERED_TOLD);
    expect(record.repeats!.transfers).toHaveLength(REMEMBERED_TRANSFERS);
  });
});

describe('transfers', () => {
  const args = { CommandKey: 'fw', StartTime: '2026-11-21T11:50:00Z', CompleteTime: '2026-11-21T11:58:00Z' };

  test('a TransferComplete is told once per CommandKey and StartTime, at its own time, with its fault', () => {
    inform(0, ['7 TRANSFER COMPLETE', 'M Download']);
    expect(rpc(1, 'TransferComplete', args, { fault: { code: '9010', text: 'Download failure' } })).toEqual([
      `transfer -120 ${JSON.stringify({
        ...{ method: 'TransferComplete', command_key: 'fw' },
        fault: { code: '9010', text: 'Download failure' },
        ...{ started: args.StartTime, completed: args.CompleteTime },
      })}`,
    ]);
    expect(rpc(30, 'TransferComplete', args)).toEqual([]);
    expect(rpc(40, 'TransferComplete', { ...args, StartTime: '2026-11-21T11:52:00Z' })).toHaveLength(1);
  });

  test('success is no fault, and an unknown time is none', () => {
    const unknown = {
      CommandKey: 'fw',
      StartTime: '0001-01-01T00:00:00Z',
      CompleteTime: '0001-01-01T00:00:00Z',
    };
    const [row] = rpc(5, 'TransferComplete', unknown, { fault: { code: '0', text: '' } });
    expect(row).toContain('transfer 5 ');
    expect(row).not.toContain('fault');
  });

  test('what an ACS relays of a transfer is told by its event codes', () => {
    expect(
      relayed(0, { event_codes: ['7 TRANSFER COMPLETE', 'M Download'], command_keys: ['', 'k'] }),
    ).toEqual(['transfer 0 {"method":"M Download","command_key":"k"}']);
    expect(relayed(5, { event_codes: ['7 TRANSFER COMPLETE'] })).toHaveLength(1);
  });

  test('other requests are no reports: they order nothing and teach no interval', () => {
    inform(0, ['2 PERIODIC'], { metrics: { wifi: 1 } }, { time: new Date(NOON - 200_000).toISOString() });
    rpc(1, 'TransferComplete', {});
    inform(60, ['2 PERIODIC'], { metrics: { wifi: 2 } }, { time: new Date(NOON - 140_000).toISOString() });
    expect(record.late).toBe(0);
    expect(record.sources[0]).toMatchObject({ learntGapsMs: [60_000], reports: [{ metrics: { wifi: 2 } }] });
  });
});

describe('what an ACS reports', () => {
  test.each<[ReportData, string[]]>([
    [
      { occurrence: 'fault', fault: { code: '9002', text: 'x' } },
      ['fault 0 {"fault":{"code":"9002","text":"x"}}'],
    ],
    [{ occurrence: 'connection_request' }, ['connection_request 0 {"by":"acs"}']],
    [
      { occurrence: 'provision', fault: { code: '9005', text: '' } },
      ['provision 0 {"fault":{"code":"9005","text":""}}'],
    ],
    [{ occurrence: 'values' }, []],
    [{ occurrence: 'inform', event_codes: ['6 CONNECTION REQUEST'] }, ['connection_request 0 {"by":"cpe"}']],
    [{ event_codes: ['8 DIAGNOSTICS COMPLETE'] }, ['diagnostics 0 {"code":"8 DIAGNOSTICS COMPLETE"}']],
  ])('%j', (data, rows) => {
    expect(relayed(0, data)).toEqual(rows);
  });

  test('a call to a device shows nothing of its life', () => {
    inform(0, ['2 PERIODIC']);
    relayed(500, { occurrence: 'connection_request' });
    expect(record.lastSeenAt).toBe(NOON);
  });

  test('two faults in one millisecond are two rows', () => {
    const fault = { code: '9002', text: '' };
    relayed(0, { occurrence: 'fault', fault });
    relayed(0, { occurrence: 'fault', fault });
    expect(new Set(timeline.map(({ kind, at, identity }) => `${kind} ${at} ${identity}`)).size).toBe(2);
  });

  test('what is older than the timeline is kept makes no row', () => {
    const time = new Date(NOON - 1000 * 86_400_000).toISOString();
    const data: ReportData = { occurrence: 'fault', fault: { code: '9002', text: '' } };
    expect(apply(0, data, { source: '/webhook', type: 'cpemon.acs-event.v1', time })).toEqual([]);
  });
});

describe('changes of firmware and address', () => {
  const values = (seconds: number, sw: string, ip: string, source = '/cwmp') =>
    inform(seconds, ['4 VALUE CHANGE'], { attributes: { sw_version: sw, wan_ip: ip } }, { source });

  test('are told from what was known to what is', () => {
    expect(values(0, 'V1', '192.0.2.1')).toEqual([]);
    expect(values(10, 'V1', '192.0.2.1')).toEqual([]);
    expect(values(20, 'V2', '192.0.2.9')).toEqual([
      'firmware 20 {"from":"V1","to":"V2"}',
      'address 20 {"from":"192.0.2.1","to":"192.0.2.9"}',
    ]);
  });

  test('are not told of sources that always disagree, and once of those that follow each other', () => {
    values(0, 'V1', '192.168.1.1', '/heartbeat');
    values(1, 'V1', '192.0.2.1', '/webhook');
    expect(values(2, 'V1', '192.168.1.1', '/heartbeat')).toEqual([]);
    expect(values(3, 'V1', '192.0.2.1', '/webhook')).toEqual([]);
    expect(values(4, 'V2', '192.0.2.1', '/webhook')).toEqual(['firmware 4 {"from":"V1","to":"V2"}']);
    expect(values(5, 'V2', '192.168.1.1', '/heartbeat')).toEqual([]);
  });

  test('are not told of a late report', () => {
    const at = (seconds: number) => ({ time: new Date(NOON + seconds * 1000).toISOString() });
    inform(10, ['2 PERIODIC'], { attributes: { sw_version: 'V2' } }, at(10));
    expect(inform(11, ['2 PERIODIC'], { attributes: { sw_version: 'V1' } }, at(5))).toEqual([]);
  });

  test('a value that is longer than its column is the same when it comes again', () => {
    const long = 'v'.repeat(100);
    values(0, long, '192.0.2.1');
    expect(values(1, long, '192.0.2.1')).toEqual([]);
    expect(values(2, `w${long}`, '192.0.2.1')).toHaveLength(1);
  });
});

describe('values that a relay read earlier', () => {
  const ago = (days: number) => new Date(NOON - days * 86_400_000).toISOString();

  test('do not win over newer ones, and fill in what is not known', () => {
    apply(0, { metrics: { rx_power_dbm: -20 } }, { source: '/heartbeat', type: 'cpemon.heartbeat.v1' });
    relayed(10, {
      ...{ metrics: { rx_power_dbm: -30, wifi: 3, cpu_used_ratio: 0.5 }, attributes: { model: 'EG8145V5' } },
      read_at: { rx_power_dbm: ago(3), wifi: ago(3), model: ago(1) },
    });
    const values = record.sources.flatMap(({ reports }) => reports).sort((a, b) => b.rankAt - a.rankAt);
    expect(values.map(({ metrics, attributes }) => ({ ...metrics, ...attributes }))).toEqual([
      { cpu_used_ratio: 0.5 },
      { rx_power_dbm: -20 },
      { model: 'EG8145V5' },
      { rx_power_dbm: -30, wifi: 3 },
    ]);
    relayed(20, { metrics: { wifi: 9 }, read_at: { wifi: ago(4) } });
    relayed(30, { metrics: { wifi: 4 }, read_at: { wifi: ago(2) } });
    expect(record.sources[0]!.reports.find(({ metrics }) => 'wifi' in metrics)!.metrics['wifi']).toBe(4);
  });
});
