import { CWMP_CORPUS } from '../corpus/cwmp';

/** Longer ones cost more time than they find. */
const SEED_BYTES = 20_000;

/** Bodies of the corpus, with the type they came with. */
export const XML_SEEDS: readonly { body: Buffer; contentType: string }[] = CWMP_CORPUS.flatMap(
  ([, rows]) => rows,
)
  .filter(({ body }) => body.length <= SEED_BYTES)
  .map(({ body, contentType = 'text/xml' }) => ({ body, contentType }));

const NOW = '2026-11-21T07:30:00.000Z';
const node = (value: unknown) => ({ _value: value, _type: 'xsd:string', _writable: false, _timestamp: NOW });

/** Webhook bodies in the shapes that systems send. */
export const JSON_SEEDS: readonly string[] = [
  {
    sn: 'FUZZ1',
    event_ts: NOW,
    oui: '0A1B2C',
    productclass: 'Router',
    event_codes: ['1 BOOT', '4 VALUE CHANGE'],
  },
  {
    serialNumber: 'FUZZ2',
    ts: 1_763_700_000,
    cpu_pct: '12',
    mem_pct: 40.5,
    uptime_seconds: 99,
    wan_ip: '192.0.2.1',
  },
  [
    { sn: 'FUZZ3', event_ts: 1_763_700_000_123, fault: { code: '9005', text: 'Invalid parameter name' } },
    { SerialNumber: 'FUZZ4', OUI: '0A1B2C', ProductClass: 'Router' },
  ],
  {
    _id: '0A1B2C-Router-FUZZ5',
    _deviceId: { _SerialNumber: 'FUZZ5', _OUI: '0A1B2C', _ProductClass: 'Router', _Manufacturer: 'Example' },
    _lastInform: NOW,
    _tags: ['a'],
    Device: {
      DeviceInfo: {
        UpTime: node(100),
        SoftwareVersion: node('1.0'),
        MemoryStatus: { Free: node(10), Total: node(20) },
      },
      WiFi: { AccessPoint: { 1: { Security: { KeyPassphrase: node('secret') } } } },
    },
  },
  { acs_id: '0A1B2C-Home%20Router-FUZZ6', data: { common: { uptime: 5 }, wan: { ip: '192.0.2.6' } } },
  {
    sn: 'FUZZ7',
    event: 'connection_request',
    parameters: {
      'Device.DeviceInfo.UpTime': { value: '5', type: 'xsd:unsignedInt', at: NOW },
      'Device.Optical.Interface.1.OpticalSignalLevel': '-21500',
    },
  },
  { events: [{ sn: 'FUZZ8', event: 'inform', eventCodes: ['2 PERIODIC'], retryCount: 3 }] },
].map((seed) => JSON.stringify(seed));
