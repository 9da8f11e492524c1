import { AT, AT_SECONDS, row, type WebhookRow } from './corpus-row';

const UPTIME = 'Device.DeviceInfo.UpTime';
const HOUR_AGO = '2026-03-01T09:00:00.000Z';
const withUptime = (value: object) => ({
  occurrence: 'values',
  parameters: { [UPTIME]: value },
  metrics: { uptime_seconds: 60 },
});

const LISTS: [string, object, object][] = [
  ['a path as a field', { [UPTIME]: 60 }, withUptime({ value: '60' })],
  ['a map', { parameters: { [UPTIME]: '60' } }, withUptime({ value: '60' })],
  [
    'a map with types and times',
    { parameters: { [UPTIME]: { value: 60, type: 'xsd:unsignedInt', at: AT } } },
    withUptime({ value: '60', type: 'unsignedInt', at: AT }),
  ],
  ['a list of names and values', { parameters: [{ name: UPTIME, value: 60 }] }, withUptime({ value: '60' })],
  [
    'a list of Name, Value and Type',
    { ParameterList: [{ Name: UPTIME, Value: '60', Type: 'xsd:unsignedInt' }] },
    withUptime({ value: '60', type: 'unsignedInt' }),
  ],
  [
    'lists in a list',
    { parameterList: [[UPTIME, 60, 'xsd:unsignedInt']] },
    withUptime({ value: '60', type: 'unsignedInt' }),
  ],
  [
    'objects inside each other',
    { parameters: { Device: { DeviceInfo: { UpTime: 60 } } } },
    withUptime({ value: '60' }),
  ],
  [
    'a value with its type in a list',
    { parameters: { [UPTIME]: { value: [60, 'xsd:unsignedInt'] } } },
    withUptime({ value: '60', type: 'unsignedInt' }),
  ],
];

/** As the north-bound interface of GenieACS gives a device. */
const DOCUMENT = {
  _id: '00259E-EG8145V5-A1',
  _deviceId: { _Manufacturer: 'Huawei', _OUI: '00259E', _ProductClass: 'EG8145V5', _SerialNumber: 'A1' },
  _lastInform: AT,
  _tags: ['north', 'business'],
  Device: {
    _object: true,
    DeviceInfo: {
      _object: true,
      SoftwareVersion: { _value: 'V5R020', _type: 'xsd:string', _timestamp: AT, _writable: false },
      UpTime: { _value: 60, _type: 'xsd:unsignedInt', _timestamp: AT },
    },
    Optical: {
      Interface: {
        1: {
          OpticalSignalLevel: { _value: -21500, _type: 'xsd:int', _timestamp: AT_SECONDS * 1000 - 3_600_000 },
        },
      },
    },
    WiFi: { AccessPoint: { 1: { Security: { KeyPassphrase: { _value: 'hunter22', _timestamp: AT } } } } },
  },
};

export const PARAMETERS: WebhookRow[] = [
  ...LISTS.map(([name, body, data]) =>
    row(`parameters: ${name}`, { serial: 'A1', ts: AT, ...body }, { data }),
  ),
  row(
    'a document of GenieACS: each value keeps its time, and no secret comes in',
    DOCUMENT,
    {
      ...{ subject: 'A1', oui: '00259E', productclass: 'EG8145V5', time: AT },
      data: {
        occurrence: 'values',
        attributes: { manufacturer: 'Huawei', sw_version: 'V5R020' },
        metrics: { uptime_seconds: 60, rx_power_dbm: -21.5 },
        read_at: { rx_power_dbm: HOUR_AGO },
        extra: { _id: '00259E-EG8145V5-A1', tags: 'north,business' },
        parameters: {
          'Device.DeviceInfo.SoftwareVersion': { value: 'V5R020', type: 'string', at: AT },
          [UPTIME]: { value: '60', type: 'unsignedInt', at: AT },
          'Device.Optical.Interface.1.OpticalSignalLevel': { value: '-21500', type: 'int', at: HOUR_AGO },
          'Device.WiFi.AccessPoint.1.Security.KeyPassphrase': { value: '[redacted]', at: AT },
        },
      },
    },
    { secret: 1 },
  ),
  row(
    'a node without a value says nothing, whatever it stands for',
    {
      ...{ serial: 'A1', ts: AT, mem_pct: 40 },
      ...{
        cpu_pct: { _value: [] },
        oui: { _value: [] },
        product_class: { _value: [] },
        wan_ip: { _value: [] },
      },
    },
    {
      ...{ subject: 'A1', oui: undefined, productclass: undefined },
      data: { metrics: { memory_used_ratio: 0.4 } },
    },
  ),
  row(
    'the events of a document of GenieACS are those of its last Inform',
    {
      _id: '00259E-A1',
      _lastInform: AT,
      Events: { Inform: { _value: 9 }, '1_BOOT': { _value: 9 }, '0_BOOTSTRAP': { _value: 3 } },
    },
    { subject: 'A1', data: { occurrence: 'inform', event_codes: ['1 BOOT'] } },
  ),
  row(
    'a fault of GenieACS',
    {
      _id: '00259E-EG8145V5-A1:default',
      ...{ device: '00259E-EG8145V5-A1', channel: 'default', timestamp: AT, retries: 2 },
      ...{ code: 'cwmp.9005', message: 'Invalid parameter name' },
    },
    {
      subject: 'A1',
      time: AT,
      data: { occurrence: 'fault', fault: { code: '9005', text: 'Invalid parameter name' } },
    },
  ),
  row(
    'a value worked out of two is as old as the older of them',
    {
      ...{ serial: 'A1', ts: AT },
      parameters: {
        'Device.DeviceInfo.MemoryStatus.Total': { value: 1000, at: HOUR_AGO },
        'Device.DeviceInfo.MemoryStatus.Free': { value: 250, at: AT },
      },
    },
    { data: { metrics: { memory_used_ratio: 0.75 }, read_at: { memory_used_ratio: HOUR_AGO } } },
  ),
  row(
    'what the ACS says in our names goes before what parameters say',
    { sn: 'A1', ts: AT, uptime_seconds: 61, [UPTIME]: 60 },
    { data: { metrics: { uptime_seconds: 61 } } },
  ),
  row(
    'the time of the newest value where the event has none',
    { serial: 'A1', parameters: { [UPTIME]: { value: 60, timestamp: AT } } },
    { time: AT },
  ),
  row(
    'a value of an unknown parameter is not kept, its name is',
    { serial: 'A1', ts: AT, 'Device.X_ACME_Thing.Colour': 'red' },
    { data: { parameters: { 'Device.X_ACME_Thing.Colour': { value: '[not kept]' } } } },
    { unknown_value: 1 },
  ),
  row(
    'a parameter without a value, or with one that is none',
    { serial: 'A1', ts: AT, parameters: { [UPTIME]: null, 'Device.DeviceInfo.ModelName': [1] } },
    { data: {} },
    { nested: 1 },
  ),
];
