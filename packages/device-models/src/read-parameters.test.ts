import type { ParameterValues } from '@cpemon/domain';
import { BUILT_IN_MODEL_FILES, createDeviceModels, readParameters } from './index.js';

const NOBODY = { manufacturer: '', oui: '', productClass: '' };

function read(values: Record<string, string>, manufacturer = '') {
  const parameters: ParameterValues = Object.fromEntries(
    Object.entries(values).map(([path, value]) => [path, { value }]),
  );
  return readParameters(parameters, { ...NOBODY, manufacturer });
}

const PON = 'InternetGatewayDevice.WANDevice.1.X_ZTE-COM_WANPONInterfaceConfig';
const HUAWEI_PON = 'InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig';
const TP_LINK_PON = 'Device.Optical.Interface.1.X_TP_GPON_Config';
const DSL = 'InternetGatewayDevice.WANDevice.1.WANDSLInterfaceConfig';

describe('a value in the unit of its vendor', () => {
  it.each<[vendor: string, path: string, sample: string, metric: string, expected: number]>([
    ['TR-181', 'Device.DeviceInfo.UpTime', '2480', 'uptime_seconds', 2480],
    ['TR-181', 'Device.DeviceInfo.ProcessStatus.CPUUsage', '57', 'cpu_used_ratio', 0.57],
    [
      'TR-181',
      'Device.DeviceInfo.TemperatureStatus.TemperatureSensor.1.Value',
      '45',
      'temperature_celsius',
      45,
    ],
    ['TR-181', 'Device.Optical.Interface.1.OpticalSignalLevel', '-21500', 'rx_power_dbm', -21.5],
    ['TR-181', 'Device.Optical.Interface.2.TransmitOpticalLevel', '2250', 'tx_power_dbm', 2.25],
    ['TR-181', 'Device.DSL.Line.1.DownstreamNoiseMargin', '63', 'dsl_downstream_noise_margin_db', 6.3],
    ['TR-181', 'Device.DSL.Line.1.UpstreamNoiseMargin', '-12', 'dsl_upstream_noise_margin_db', -1.2],
    ['TR-181', 'Device.DSL.Line.1.DownstreamAttenuation', '185', 'dsl_downstream_attenuation_db', 18.5],
    ['TR-181', 'Device.DSL.Line.1.UpstreamMaxBitRate', '12000', 'dsl_upstream_max_rate_bps', 12_000_000],
    ['TR-181', 'Device.DSL.Channel.1.DownstreamCurrRate', '99840', 'dsl_downstream_rate_bps', 99_840_000],
    ['TR-181', 'Device.DSL.Channel.1.Stats.Total.XTURFECErrors', '17', 'dsl_fec_errors', 17],
    ['TR-181', 'Device.DSL.Channel.1.Stats.Total.XTURCRCErrors', '3', 'dsl_crc_errors', 3],
    ['TR-181', 'Device.DSL.Line.1.Stats.Total.ErroredSecs', '9', 'dsl_errored_seconds', 9],
    ['TR-181', 'Device.Cellular.Interface.1.RSRP', '-97', 'cellular_rsrp_dbm', -97],
    ['TR-181', 'Device.Hosts.HostNumberOfEntries', '12', 'hosts', 12],
    ['TR-098', 'InternetGatewayDevice.DeviceInfo.UpTime', '89910', 'uptime_seconds', 89910],
    ['TR-098', 'InternetGatewayDevice.DeviceInfo.ProcessStatus.CPUUsage', '3', 'cpu_used_ratio', 0.03],
    ['TR-098', `${DSL}.DownstreamCurrRate`, '16384', 'dsl_downstream_rate_bps', 16_384_000],
    ['TR-098', `${DSL}.DownstreamNoiseMargin`, '63', 'dsl_downstream_noise_margin_db', 6.3],
    ['TR-098', `${DSL}.UpstreamAttenuation`, '40', 'dsl_upstream_attenuation_db', 4],
    ['TR-098', `${DSL}.ShowtimeStart`, '3600', 'dsl_showtime_seconds', 3600],
    ['TR-098', `${DSL}.Stats.Total.CRCErrors`, '3', 'dsl_crc_errors', 3],
    ['TR-098', 'InternetGatewayDevice.LANDevice.1.Hosts.HostNumberOfEntries', '4', 'hosts', 4],
    ['Huawei EG8145V5', `${HUAWEI_PON}.RXPower`, '-7', 'rx_power_dbm', -7],
    ['Huawei EG8145V5', `${HUAWEI_PON}.TXPower`, '2', 'tx_power_dbm', 2],
    ['Huawei EG8145V5', `${HUAWEI_PON}.SupplyVoltage`, '3415', 'supply_voltage_volts', 3.415],
    ['Huawei EG8145V5', `${HUAWEI_PON}.BiasCurrent`, '7', 'bias_current_amperes', 0.007],
    ['Huawei EG8145V5', 'InternetGatewayDevice.DeviceInfo.X_HW_CpuUsed', '14', 'cpu_used_ratio', 0.14],
    ['Huawei EG8145V5', 'InternetGatewayDevice.DeviceInfo.X_HW_MemUsed', '50', 'memory_used_ratio', 0.5],
    ['Huawei HG8245', 'InternetGatewayDevice.X_HW_DEBUG.AdminTR069.RxPower', '-19.3', 'rx_power_dbm', -19.3],
    [
      'Nokia G-1425G-A',
      'InternetGatewayDevice.DeviceInfo.CpuInfo.CPUTemp',
      '47.3\n',
      'temperature_celsius',
      47.3,
    ],
    [
      'Nokia G-1425G-A',
      'InternetGatewayDevice.X_ALU_OntOpticalParam.RXPower',
      '-3.409399',
      'rx_power_dbm',
      -3.409399,
    ],
    [
      'Nokia G-1425G-A',
      'InternetGatewayDevice.X_ALU_OntOpticalParam.BiasCurrent',
      '9656.999023',
      'bias_current_amperes',
      0.009656999023,
    ],
    [
      'Nokia G-1425G-A',
      'InternetGatewayDevice.X_ALU_OntOpticalParam.SupplyVottage',
      '3.250000',
      'supply_voltage_volts',
      3.25,
    ],
    ['Nokia G-140W-C', 'InternetGatewayDevice.X_ALU_OntOpticalParam.RXPower', '100', 'rx_power_dbm', -20],
    ['TP-Link XX230v', `${TP_LINK_PON}.RXPower`, '5624', 'rx_power_dbm', -2.49954687988],
    ['TP-Link XX230v', `${TP_LINK_PON}.TXPower`, '14880', 'tx_power_dbm', 1.7260293121],
    ['TP-Link XX230v', `${TP_LINK_PON}.BiasCurrent`, '8302', 'bias_current_amperes', 0.008302],
    ['TP-Link XX230v', `${TP_LINK_PON}.SupplyVottage`, '3298', 'supply_voltage_volts', 3.298],
    [
      'TP-Link XX230v',
      `${TP_LINK_PON}.TransceiverTemperature`,
      '12251',
      'transceiver_temperature_celsius',
      47.85546875,
    ],
    ['ZTE F670L V9', `${PON}.RXPower`, '-25.08', 'rx_power_dbm', -25.08],
    ['ZTE F670L V9', `${PON}.TXPower`, '2.59', 'tx_power_dbm', 2.59],
    ['ZTE F670L V9', `${PON}.BiasCurrent`, '13.70', 'bias_current_amperes', 0.0137],
    ['ZTE F670L V9', `${PON}.TransceiverTemperature`, '35.31', 'transceiver_temperature_celsius', 35.31],
    ['ZTE F670L V9', `${PON}.SupplyVoltage`, '3244', 'supply_voltage_volts', 3.244],
    ['ZTE in volts', `${PON}.SupplyVoltage`, '3.29', 'supply_voltage_volts', 3.29],
    ['ZTE F670L, older', `${PON}.RXPower`, '233', 'rx_power_dbm', -16.3264407897],
    ['ZTE in 0.001 dBm', `${PON}.RXPower`, '-22500', 'rx_power_dbm', -22.5],
    ['with its unit', `${PON}.RXPower`, '-21.3 dBm', 'rx_power_dbm', -21.3],
    ['with another unit', `${PON}.SupplyVoltage`, '3244 mV', 'supply_voltage_volts', 3.244],
    [
      'China Telecom',
      'InternetGatewayDevice.X_CT-COM_EponInterfaceConfig.Stats.RxPower',
      '-21.3',
      'rx_power_dbm',
      -21.3,
    ],
    [
      'China Telecom',
      'InternetGatewayDevice.X_CT-COM_GponInterfaceConfig.Stats.TxPower',
      '2.1',
      'tx_power_dbm',
      2.1,
    ],
    [
      'Realtek',
      'InternetGatewayDevice.X_Realtek_EponInterfaceConfig.Stats.RxPower',
      '-18.5',
      'rx_power_dbm',
      -18.5,
    ],
    [
      'Datacom',
      'InternetGatewayDevice.WANDevice.1.X_DATACOM_GponInterfaceConfig.RXPower',
      '-20',
      'rx_power_dbm',
      -20,
    ],
    [
      'another spelling',
      'InternetGatewayDevice.WANDevice.2.X_ZTE-COM_GponInterfaceConfig.rxpower',
      '-20',
      'rx_power_dbm',
      -20,
    ],
  ])('%s: %s = %s', (_vendor, path, sample, metric, expected) => {
    const { metrics, dropped } = read({ [path]: sample });
    expect(metrics).toEqual({ [metric]: expected });
    expect(dropped).toEqual({});
  });
});

describe('what is no reading', () => {
  it.each<[why: string, path: string, value: string]>([
    ['the largest 32-bit number', 'Device.DSL.Channel.1.Stats.Total.XTURCRCErrors', '4294967295'],
    ['an attenuation of 102.3 dB', 'Device.DSL.Line.1.DownstreamAttenuation', '1023'],
    ['absolute zero', 'Device.DeviceInfo.TemperatureStatus.TemperatureSensor.1.Value', '-274'],
    ['optical 0', 'Device.Optical.Interface.1.OpticalSignalLevel', '0'],
    ['optical -40', `${HUAWEI_PON}.RXPower`, '-40'],
    ['the smallest optical level', 'Device.Optical.Interface.1.OpticalSignalLevel', '-65536'],
    ['linear 0', `${TP_LINK_PON}.RXPower`, '0'],
    ['two dashes', `${PON}.RXPower`, '--'],
    ['minus infinity', `${PON}.RXPower`, '-inf'],
    ['an empty text', 'Device.DeviceInfo.ProcessStatus.CPUUsage', ''],
    ['N/A', 'Device.DeviceInfo.ProcessStatus.CPUUsage', 'N/A'],
  ])('%s is absent and counted', (_why, path, value) => {
    expect(read({ [path]: value })).toMatchObject({ metrics: {}, dropped: { no_reading: 1 } });
  });

  it.each<[path: string, value: string, reason: string]>([
    ['Device.DeviceInfo.ProcessStatus.CPUUsage', '101', 'out_of_range'],
    ['Device.DeviceInfo.ProcessStatus.CPUUsage', 'high', 'not_a_number'],
    ['Device.DeviceInfo.UpTime', '1e400', 'out_of_range'],
    ['Device.DeviceInfo.UpTime', '99:29:40', 'not_a_number'],
    [`${HUAWEI_PON}.RXPower`, '3.3 V', 'not_a_number'],
    ['Device.ManagementServer.PeriodicInformInterval', '0', 'out_of_range'],
  ])('%s = %s is dropped as %s', (path, value, reason) => {
    expect(read({ [path]: value })).toEqual({
      attributes: {},
      metrics: {},
      unmapped: 0,
      dropped: { [reason]: 1 },
    });
  });
});

describe('several readings of one thing', () => {
  it('takes the vendor reading where the standard one is 0', () => {
    const { metrics } = read({
      'Device.Optical.Interface.1.OpticalSignalLevel': '0',
      [`${TP_LINK_PON}.RXPower`]: '5624',
    });
    expect(metrics['rx_power_dbm']).toBeCloseTo(-2.5, 2);
  });

  it('takes the interface with the lowest number, whatever the order', () => {
    const first = { 'Device.Optical.Interface.2.OpticalSignalLevel': '-20000' };
    const second = { 'Device.Optical.Interface.10.OpticalSignalLevel': '-25000' };
    expect(read({ ...first, ...second }).metrics).toEqual({ rx_power_dbm: -20 });
    expect(read({ ...second, ...first }).metrics).toEqual({ rx_power_dbm: -20 });
  });

  it('adds up the stations of all radios and takes the hottest sensor', () => {
    const wlan = 'InternetGatewayDevice.LANDevice.1.WLANConfiguration';
    const sensor = 'InternetGatewayDevice.DeviceInfo.TemperatureStatus.TemperatureSensor';
    expect(
      read({
        [`${wlan}.1.TotalAssociations`]: '3',
        [`${wlan}.5.TotalAssociations`]: '4',
        [`${sensor}.1.Value`]: '41',
        [`${sensor}.2.Value`]: '63',
      }).metrics,
    ).toEqual({ wifi_clients: 7, temperature_celsius: 63 });
  });
});

describe('memory', () => {
  const memory = (total: string, free: string) => ({
    'Device.DeviceInfo.MemoryStatus.Total': total,
    'Device.DeviceInfo.MemoryStatus.Free': free,
  });

  it('is KiB by the standard', () => {
    expect(read(memory('262144', '131072')).metrics).toEqual({
      memory_total_bytes: 268_435_456,
      memory_used_ratio: 0.5,
    });
  });

  it('is bytes of a TP-Link EC220-G5 V3, and KiB of its other models', () => {
    expect(read(memory('58851248', '40715808'), 'TP-Link').metrics).toEqual({
      memory_total_bytes: 58_851_248,
      memory_used_ratio: 0.308157,
    });
    expect(read(memory('116496', '49528'), 'TP-Link').metrics['memory_total_bytes']).toBe(119_291_904);
  });

  it('has a right ratio where the unit is not known', () => {
    expect(read(memory('58851248', '40715808'), 'Somebody')).toMatchObject({
      metrics: { memory_used_ratio: 0.308157 },
      dropped: { out_of_range: 1 },
    });
  });

  it('says nothing with more free than there is', () => {
    expect(read(memory('100', '200')).metrics).toEqual({ memory_total_bytes: 102_400 });
    expect(read(memory('0', '0')).metrics).toEqual({});
    expect(read(memory('1e400', '1e400')).metrics).toEqual({});
  });
});

describe('attributes and interval', () => {
  it('reads what the device says it is', () => {
    expect(
      read({
        'Device.DeviceInfo.SoftwareVersion': ' 1.2.3\n(build 4) ',
        'Device.DeviceInfo.HardwareVersion': 'B1',
        'Device.DeviceInfo.ModelName': '家庭网关',
        'Device.DeviceInfo.Manufacturer': 'x'.repeat(100),
        'Device.ManagementServer.PeriodicInformInterval': '300',
      }),
    ).toMatchObject({
      attributes: {
        sw_version: '1.2.3 (build 4)',
        hw_version: 'B1',
        model: '家庭网关',
        manufacturer: 'x'.repeat(64),
      },
      intervalSeconds: 300,
    });
  });

  it('counts the parameters that nobody has described', () => {
    expect(read({ 'Device.X_ACME_Foo.Bar': '1', 'Device.DeviceInfo.SerialNumber': 'A' }).unmapped).toBe(1);
  });
});

describe("customers' own devices", () => {
  it('are counted, and the Wi-Fi signal is summed up', () => {
    const station = (n: number) => `Device.WiFi.AccessPoint.${1 + (n % 2)}.AssociatedDevice.${n}`;
    const { metrics } = read({
      [`${station(1)}.MACAddress`]: '02:00:00:00:00:01',
      [`${station(1)}.SignalStrength`]: '-71',
      [`${station(2)}.SignalStrength`]: '-40',
      [`${station(3)}.SignalStrength`]: '-55',
      [`${station(4)}.SignalStrength`]: '0',
      [`${station(5)}.Active`]: 'false',
      'Device.Hosts.Host.1.HostName': 'anna-phone',
      'Device.Hosts.Host.2.Active': '0',
    });
    expect(metrics).toEqual({
      ...{ wifi_clients: 4, hosts: 1 },
      ...{ wifi_signal_worst_dbm: -71, wifi_signal_median_dbm: -55 },
    });
  });

  it('are as many as the device says, where it says so', () => {
    const { metrics } = read({
      'Device.WiFi.AccessPoint.1.AssociatedDeviceNumberOfEntries': '9',
      'Device.WiFi.AccessPoint.1.AssociatedDevice.1.SignalStrength': '-60',
    });
    expect(metrics['wifi_clients']).toBe(9);
  });
});

describe("an operator's own file", () => {
  it('outranks the built-in ones for the devices that it matches', () => {
    const models = createDeviceModels([
      ...BUILT_IN_MODEL_FILES,
      {
        name: 'ACME',
        match: { manufacturers: ['acme'] },
        rules: [
          { path: 'Device.DeviceInfo.ProcessStatus.CPUUsage', metric: 'cpu_used_ratio', unit: 'ratio' },
        ],
      },
    ]);
    const parameters = { 'Device.DeviceInfo.ProcessStatus.CPUUsage': { value: '0.25' } };
    const sender = { ...NOBODY, manufacturer: 'ACME Networks' };
    expect(readParameters(parameters, sender, models).metrics).toEqual({ cpu_used_ratio: 0.25 });
    expect(readParameters(parameters, NOBODY, models).metrics).toEqual({ cpu_used_ratio: 0.0025 });
  });
});
