const NOW = '2026-11-21T07:30:00.000Z';
const EVENT = {
  specversion: '1.0',
  source: '//gateway-1',
  type: 'cpemon.heartbeat.v1',
  subject: 'FUZZ1',
  time: NOW,
};

/** CloudEvents in the structured form, alone and in batches. */
export const CLOUD_EVENT_SEEDS: readonly string[] = [
  { ...EVENT, id: '1', data: { cpu_pct: 12.5, uptime: 5 } },
  {
    ...EVENT,
    id: '2',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    region: 'north',
  },
  { ...EVENT, id: '3', data_base64: Buffer.from('{"mem_pct":50}').toString('base64') },
  {
    ...{ ...EVENT, id: '4', type: 'cpemon.observation.v1' },
    data: { observer: 'olt', observed: 'dying_gasp', state: 'raised', metrics: { rx_power_dbm: -21.5 } },
  },
  [
    { ...EVENT, id: '5', data: { sn: 'FUZZ2', mem_pct: 40 } },
    { ...EVENT, id: '6', subject: 'FUZZ3', data: { rx_power_dbm: '-19.5' } },
  ],
  {
    ...{ ...EVENT, id: '7', type: 'cpemon.bulkdata.v1' },
    data: {
      obj_path: 'Device.',
      event_name: 'Push!',
      params: { Data: '{"Report":[{"CollectionTime":1763700000}]}' },
    },
  },
].map((seed) => JSON.stringify(seed));

const LEVEL = 'Device.Optical.Interface.1.OpticalSignalLevel';

/** Bulk data in JSON: both forms, retained reports and alternative names. */
export const BULK_JSON_SEEDS: readonly string[] = [
  { Report: [{ CollectionTime: 1_763_700_000, [LEVEL]: -21_500, 'Device.DeviceInfo.UpTime': 99 }] },
  {
    Report: [
      { CollectionTime: NOW, Device: { DeviceInfo: { UpTime: 5, ProcessStatus: { CPUUsage: 12 } } } },
      { Device: { Ethernet: { Interface: { 1: { Stats: { BytesSent: '18446744073709551615' } } } } } },
    ],
  },
  { Report: { 'Device.DeviceInfo.MemoryStatus.Free': 10, 'Device.DeviceInfo.MemoryStatus.Total': 20 } },
  { Report: [] },
].map((seed) => JSON.stringify(seed));

/** … and in CSV. */
export const BULK_CSV_SEEDS: readonly string[] = [
  `ReportTimestamp,ParameterName,ParameterValue,ParameterType\r\n1763700000,Device.DeviceInfo.UpTime,99,unsignedInt\r\n1763700000,${LEVEL},-21500,int\r\n`,
  `ReportTimestamp,Device.DeviceInfo.UpTime,"${LEVEL}"\r\n1763700000,5,-21500\r\n1763700060,65,"-21 500"\r\n`,
  'ParameterName;ParameterValue\n"Device.X.""Y""";"a\nb"\n',
];
