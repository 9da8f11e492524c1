import { newDeviceRecord, newSourceRecord, type DeviceRecord } from './device-record.js';
import { identityOf } from './device-identity.js';
import type { CpeEvent, ReportData } from './event.js';
import { isOfFormerClass, isSameBoxRenamed, renameClass } from './renamed-class.js';

const NOON = Date.UTC(2026, 10, 21, 12);
const ADDRESS = '100.64.0.9';

function device(attributes: Record<string, string> = {}, serialNumber = 'SN1'): DeviceRecord {
  const record = newDeviceRecord({ serialNumber, oui: '00259E', productClass: 'HG8245' }, NOON);
  record.lastSeenAt = NOON;
  const known = { sw_version: 'V1', hw_version: 'A', wan_ip: ADDRESS, ...attributes };
  const stamp = { orderAt: NOON, deviceTime: null, rankAt: NOON, sequence: 1 };
  record.sources.push({
    ...newSourceRecord('/cwmp'),
    reports: [{ ...stamp, attributes: known, metrics: {} }],
  });
  return record;
}

const inform = (fields: Partial<CpeEvent> = {}, data: ReportData = {}): CpeEvent => ({
  ...{ id: 'e1', source: '/cwmp', type: 'cpemon.inform.v1', subject: 'SN1', oui: '00259E' },
  productclass: 'EG8145V5',
  data: {
    event_codes: ['1 BOOT', '4 VALUE CHANGE'],
    attributes: { sw_version: 'V2', hw_version: 'A', wan_ip: ADDRESS },
    ...data,
  },
  ...fields,
});
const isSame = (record: DeviceRecord, event: CpeEvent, receivedAt = NOON + 60_000): boolean =>
  isSameBoxRenamed(record, event, identityOf(event), receivedAt);

test('a box that boots with another firmware at its address is the same under another class', () => {
  expect(isSame(device(), inform())).toBe(true);
});

test.each<[why: string, record: DeviceRecord, event: CpeEvent]>([
  ['another maker', device(), inform({ oui: '0026ED' })],
  ['no boot', device(), inform({}, { event_codes: ['2 PERIODIC'] })],
  ['the firmware that it had', device(), inform({}, { attributes: { sw_version: 'V1', wan_ip: ADDRESS } })],
  ['a firmware that is not told', device(), inform({}, { attributes: { wan_ip: ADDRESS } })],
  [
    'other hardware',
    device(),
    inform({}, { attributes: { sw_version: 'V2', hw_version: 'B', wan_ip: ADDRESS } }),
  ],
  ['another address', device({ wan_ip: '100.64.0.8' }), inform()],
  [
    'an address that many boxes have',
    device({ wan_ip: '192.168.1.2' }),
    inform({}, { attributes: { sw_version: 'V2', wan_ip: '192.168.1.2' } }),
  ],
  ['a placeholder for a serial number', device({}, '99999999'), inform({ subject: '99999999' })],
  ['a word from before it was last seen', device(), inform({ time: new Date(NOON - 1000).toISOString() })],
])('%s leaves a doubt', (_why, record, event) => {
  expect(isSame(record, event)).toBe(false);
});

test('what was made before it was renamed, what it remembers and what others tell is still its own', () => {
  const record = device();
  expect(renameClass(record, 'EG8145V5', NOON + 60_000)).toBe('HG8245');
  expect(record).toMatchObject({ productClass: 'EG8145V5', formerClass: { productClass: 'HG8245' } });
  const old = (fields: Partial<CpeEvent> = {}) =>
    isOfFormerClass(record, inform({ productclass: 'HG8245', ...fields }), NOON + 120_000);
  expect(old({ time: new Date(NOON + 30_000).toISOString() })).toBe(true);
  expect(old({ time: new Date(NOON + 90_000).toISOString() })).toBe(false);
  expect(old()).toBe(false);
  expect(old({ type: 'cpemon.observation.v1' })).toBe(true);
  expect(old({ type: 'cpemon.command.v1' })).toBe(true);
  expect(old({ type: 'cpemon.command.v1', productclass: 'X' })).toBe(false);
});
