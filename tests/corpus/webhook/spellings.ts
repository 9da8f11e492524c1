import { AT, AT_SECONDS, row, type WebhookRow } from './corpus-row';

/** One event, in the names of many systems. */
const SERIALS: [string, unknown][] = [
  ['sn', { sn: 'A1' }],
  ['serial', { serial: 'A1' }],
  ['serialNumber', { serialNumber: 'A1' }],
  ['SerialNumber', { SerialNumber: 'A1' }],
  ['serial_number', { serial_number: 'A1' }],
  ['SERIAL-NUMBER', { 'SERIAL-NUMBER': 'A1' }],
  ['_deviceId._SerialNumber', { _deviceId: { _SerialNumber: 'A1' } }],
  ['DeviceId.SerialNumber', { DeviceId: { SerialNumber: 'A1' } }],
  ['device.serialNumber', { device: { serialNumber: 'A1' } }],
  ['a serial number as text with blanks', { serial: ' A1 ' }],
];

const IDS: [string, unknown, object][] = [
  ['acs_id', { acs_id: '00259E-EG8145V5-A1' }, { subject: 'A1', oui: '00259E', productclass: 'EG8145V5' }],
  [
    'acs_id with escaped hyphens and blanks',
    { acs_id: '00259E-HG8245%2DX%206-A%2D1' },
    { subject: 'A-1', oui: '00259E', productclass: 'HG8245-X 6' },
  ],
  ['acs_id without a product class', { acs_id: '00259E-A1' }, { subject: 'A1', oui: '00259E' }],
  [
    'acs_id with a hyphen in the product class that was not escaped',
    { acs_id: '001e58-DIR-842-A1' },
    { subject: 'A1', oui: '001E58', productclass: 'DIR-842' },
  ],
  [
    '_id of GenieACS',
    { _id: '00259E-EG8145V5-A1' },
    { subject: 'A1', oui: '00259E', productclass: 'EG8145V5' },
  ],
  ['acs_id that is a serial number alone', { acs_id: 'SIM-00000001' }, { subject: 'SIM-00000001' }],
  ['deviceId as text', { deviceId: '202BC1-BM632w-000000' }, { subject: '000000', oui: '202BC1' }],
  ['an escape that is none', { acs_id: '00259E-A%zz-A1' }, { subject: 'A1', productclass: 'A%zz' }],
  [
    'a serial number beside an id, which only adds to it',
    { sn: 'B2', acs_id: '00259E-EG8145V5-A1' },
    { subject: 'B2', oui: '00259E' },
  ],
  [
    'OUI and product class in other spellings',
    { SerialNumber: 'A1', OUI: '00259e', ProductClass: 'EG8145V5' },
    { subject: 'A1', oui: '00259E', productclass: 'EG8145V5' },
  ],
  [
    'manufacturerOui and productClass',
    { serialNumber: 'A1', manufacturerOui: '00259E', productClass: 'EG8145V5' },
    { subject: 'A1', oui: '00259E', productclass: 'EG8145V5' },
  ],
  ['a MAC where there is nothing else', { mac: '5c:5b:35:0e:55:c8' }, { subject: '5C5B350E55C8' }],
  ['a serial number that is a number', { serial: 12345 }, { subject: '12345' }],
];

const TIMES: [string, object][] = [
  ['RFC 3339', { timestamp: AT }],
  ['RFC 3339 with a zone', { eventTime: '2026-03-01T11:00:00+01:00' }],
  ['epoch seconds', { time: AT_SECONDS }],
  ['epoch milliseconds', { ts: AT_SECONDS * 1000 }],
  ['epoch seconds as text', { timestamp: String(AT_SECONDS) }],
  ['epoch milliseconds as text', { event_ts: String(AT_SECONDS * 1000) }],
  ['last_seen', { last_seen: AT }],
  ['_lastInform', { _lastInform: AT }],
  ["the event's own before when it was made known", { created_at: '2026-03-01T10:00:09Z', event_time: AT }],
  ["the relay's before the device's", { CurrentTime: '2026-03-01T09:00:00Z', timestamp: AT }],
];

const AFTERWARDS: WebhookRow[] = [
  row('no time at all', { serial: 'A1', uptime: 7 }, { subject: 'A1', time: undefined }),
  row(
    'a time that cannot be right, kept as it was sent',
    { serial: 'A1', timestamp: '0001-01-01T00:01:03Z' },
    { subject: 'A1', time: undefined, data: { raw_time: '0001-01-01T00:01:03Z' } },
    { time_before_2015: 1 },
  ),
  row(
    'a time without a zone',
    { serial: 'A1', CurrentTime: '2026-03-01T10:00:00' },
    { subject: 'A1', time: undefined, data: { raw_time: '2026-03-01T10:00:00' } },
    { time_without_zone: 1 },
  ),
  row(
    'readings as text, and names of our own in another case',
    { sn: 'A1', event_ts: AT, uptime: '86400', cpuPct: '12.5', firmwareVersion: 'V5', wanIp: '100.64.1.2' },
    {
      time: AT,
      data: {
        attributes: { sw_version: 'V5', wan_ip: '100.64.1.2' },
        metrics: { uptime_seconds: 86400, cpu_used_ratio: 0.125 },
      },
    },
  ),
  row(
    'words under a name of ours stay as they are',
    { sn: 'A1', event_ts: AT, uptime: 'three days' },
    { data: { extra: { uptime: 'three days' } } },
  ),
  row(
    'unknown scalars are kept, secrets among them are not',
    { serial: 'A1', ts: AT, customer: 4711, wifi_password: 'hunter2' },
    { data: { extra: { customer: 4711, wifi_password: '[redacted]' } } },
    { secret: 1 },
  ),
  row('an unknown object is left out', { serial: 'A1', ts: AT, x: { y: 1 } }, { data: {} }, { nested: 1 }),
];

export const SPELLINGS: WebhookRow[] = [
  ...SERIALS.map(([name, body]) =>
    row(`serial number under ${name}`, { ...(body as object), ts: AT }, { subject: 'A1', time: AT }),
  ),
  ...IDS.map(([name, body, event]) => row(`identity: ${name}`, { ...(body as object), ts: AT }, event)),
  ...TIMES.map(([name, time]) =>
    row(`time: ${name}`, { serial: 'A1', ...time }, { subject: 'A1', time: AT }),
  ),
  ...AFTERWARDS,
];
