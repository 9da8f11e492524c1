import { AT, AT_SECONDS, row, type WebhookRow } from './corpus-row';

/** What known products send. Bytes of our own, in their shapes. */
export const SYSTEMS: WebhookRow[] = [
  row(
    'the extension of the Go prototype',
    { sn: 'CPE-DEMO-OK', event_ts: '2026-03-01T10:00:00Z' },
    { subject: 'CPE-DEMO-OK', time: AT, data: {} },
  ),
  row(
    'Flashman: a synchronised device',
    {
      acs_id: '00259E-EG8145V5-A1',
      data: {
        common: {
          version: { writable: false, value: 'V5R020' },
          hw_version: { writable: false, value: '168D.A' },
          uptime: { writable: false, value: '60' },
        },
        wan: { wan_ip: { value: '100.64.1.2' }, pppoe_pass: { value: 'hunter22' }, rate: { value: 1000 } },
        wifi2: { ssid: { value: 'Home' } },
        wifi5: {},
      },
    },
    {
      ...{ subject: 'A1', oui: '00259E', productclass: 'EG8145V5' },
      data: {
        attributes: { hw_version: '168D.A', wan_ip: '100.64.1.2' },
        metrics: { uptime_seconds: 60 },
        extra: {
          'common.version': 'V5R020',
          'wan.pppoe_pass': '[redacted]',
          'wan.rate': 1000,
          'wifi2.ssid': 'Home',
        },
      },
    },
    { secret: 1 },
  ),
  row(
    'ec2-user-data: a registered device',
    {
      ...{ SerialNumber: 'A1', ProductClass: 'EG8145V5', OUI: '00259E', WifiName: 'Home' },
      ...{ DeviceMACAddress: '00:25:9e:00:00:01', WifiPass: 'hunter22' },
    },
    {
      ...{ subject: 'A1', oui: '00259E', productclass: 'EG8145V5', time: undefined },
      data: { extra: { WifiName: 'Home', DeviceMACAddress: '00:25:9e:00:00:01', WifiPass: '[redacted]' } },
    },
    { secret: 1 },
  ),
  row(
    'a parsed Inform of GenieACS',
    {
      cwmpRequest: {
        ...{ name: 'Inform', event: ['1 BOOT'], retryCount: 0 },
        deviceId: { Manufacturer: 'Huawei', OUI: '00259E', ProductClass: 'EG8145V5', SerialNumber: 'A1' },
        parameterList: [['Device.DeviceInfo.UpTime', 60, 'xsd:unsignedInt']],
      },
      timestamp: AT_SECONDS * 1000,
    },
    {
      ...{ subject: 'A1', oui: '00259E', productclass: 'EG8145V5', time: AT },
      data: { occurrence: 'inform', event_codes: ['1 BOOT'], metrics: { uptime_seconds: 60 } },
    },
  ),
  row(
    'TM Forum: a change of a resource',
    {
      ...{
        eventId: '4711',
        eventTime: AT,
        eventType: 'ResourceAttributeValueChangeEvent',
        correlationId: 'c-9',
      },
      event: {
        resource: {
          ...{ id: 'r-1', '@type': 'PhysicalResource', serialNumber: 'A1' },
          resourceCharacteristic: [
            { name: 'softwareVersion', value: 'V5R020' },
            { name: 'Device.DeviceInfo.UpTime', value: 60 },
          ],
        },
      },
    },
    {
      subject: 'A1',
      time: AT,
      data: { attributes: { sw_version: 'V5R020' }, metrics: { uptime_seconds: 60 } },
    },
  ),
  row(
    'TM Forum: a resource under the name of its kind',
    {
      eventId: '1',
      eventTime: AT,
      eventType: 'CpeStateChangeEvent',
      event: { gateway: { serialNumber: 'A1' } },
    },
    { subject: 'A1', time: AT },
  ),
  row(
    'CAMARA: a cloud event whose device has a serial number',
    {
      ...{ id: '9884b8d2-5392-4ed7-8cde-0ce25bf58df3', source: '/device-status/v0', specversion: '1.0' },
      ...{ type: 'org.camaraproject.device-status.v0.connectivity-data', time: '2026-03-01T10:00:00.0004Z' },
      data: { device: { serialNumber: 'A1' }, deviceStatus: 'REACHABLE' },
    },
    { subject: 'A1', time: AT, data: { extra: { deviceStatus: 'REACHABLE' } } },
  ),
  {
    name: 'CAMARA: a phone is no CPE',
    body: JSON.stringify({
      ...{
        id: '9884b8d2-5392-4ed7-8cde-0ce25bf58df3',
        source: '/x',
        specversion: '1.0',
        type: 'x',
        time: AT,
      },
      data: { device: { phoneNumber: '36701234567' } },
    }),
    expected: { status: 400, code: 'missing_sn' },
  },
  {
    name: 'Juniper Mist: several events in one body',
    body: JSON.stringify({
      topic: 'device-events',
      events: [
        {
          mac: '5c5b350e55c8',
          device_name: 'ap-1',
          timestamp: AT_SECONDS,
          type: 'AP_RESTARTED',
          org_id: 'o-1',
        },
        {
          mac: '5c5b350e55c9',
          device_name: 'ap-2',
          timestamp: AT_SECONDS,
          type: 'AP_OFFLINE',
          org_id: 'o-1',
        },
        { device_name: 'no device', timestamp: AT_SECONDS },
      ],
    }),
    expected: {
      events: [
        {
          subject: '5C5B350E55C8',
          time: AT,
          data: { extra: { topic: 'device-events', type: 'AP_RESTARTED' } },
        },
        { subject: '5C5B350E55C9', time: AT },
      ],
      rejected: ['missing_sn'],
    },
  },
  {
    name: 'an array of documents of GenieACS',
    body: JSON.stringify([
      { _id: '00259E-X-A1', _lastInform: AT },
      { _id: '00259E-X-A2', _lastInform: AT },
    ]),
    expected: { events: [{ subject: 'A1' }, { subject: 'A2' }] },
  },
];
