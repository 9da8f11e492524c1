import type { ParameterValues } from '@cpemon/domain';
import { INFORM, informMessage } from './base-inform';
import { edited, type CorpusRow } from './corpus-row';

type Row = readonly [name: string, type: string, value: string];

const TR098: readonly Row[] = [
  ['InternetGatewayDevice.DeviceSummary', 'string', 'InternetGatewayDevice:1.4[](Baseline:1, EthernetLAN:1)'],
  ['InternetGatewayDevice.DeviceInfo.SpecVersion', 'string', '1.0'],
  ['InternetGatewayDevice.DeviceInfo.HardwareVersion', 'string', 'V2.0'],
  ['InternetGatewayDevice.DeviceInfo.SoftwareVersion', 'string', 'V5R019C10S350'],
  ['InternetGatewayDevice.DeviceInfo.ProvisioningCode', 'string', 'corpus.example'],
  ['InternetGatewayDevice.DeviceInfo.UpTime', 'unsignedInt', '913377'],
  [
    'InternetGatewayDevice.ManagementServer.ConnectionRequestURL',
    'string',
    'http://198.51.100.20:7547/c0ffee',
  ],
  ['InternetGatewayDevice.ManagementServer.ParameterKey', 'string', ''],
  ['InternetGatewayDevice.ManagementServer.PeriodicInformInterval', 'unsignedInt', '900'],
  [
    'InternetGatewayDevice.WANDevice.1.WANConnectionDevice.2.WANPPPConnection.1.ExternalIPAddress',
    'string',
    '203.0.113.9',
  ],
  ['InternetGatewayDevice.WANDevice.1.WANDSLInterfaceConfig.DownstreamNoiseMargin', 'int', '74'],
  ['InternetGatewayDevice.LANDevice.1.WLANConfiguration.1.SSID', 'string', 'Café <3 & more'],
];

const TR181: readonly Row[] = [
  ['Device.RootDataModelVersion', 'string', '2.12'],
  ['Device.DeviceInfo.HardwareVersion', 'string', 'rev-B'],
  ['Device.DeviceInfo.SoftwareVersion', 'string', '22.03.5'],
  ['Device.DeviceInfo.ProvisioningCode', 'string', ''],
  ['Device.DeviceInfo.UpTime', 'unsignedInt', '120'],
  ['Device.DeviceInfo.MemoryStatus.Total', 'unsignedInt', '524288'],
  ['Device.DeviceInfo.MemoryStatus.Free', 'unsignedInt', '201004'],
  ['Device.DeviceInfo.ProcessStatus.CPUUsage', 'unsignedInt', '7'],
  ['Device.ManagementServer.ConnectionRequestURL', 'string', 'http://[2001:db8::17]:7547/'],
  ['Device.Optical.Interface.1.OpticalSignalLevel', 'int', '-21500'],
  ['Device.Optical.Interface.1.Status', 'string', 'Up'],
  ['Device.IP.Interface.1.IPv4Address.1.IPAddress', 'string', '203.0.113.77'],
  ['Device.IP.Interface.1.LastChange', 'dateTime', '2026-11-20T23:59:59.5Z'],
  ['Device.WiFi.SSID.1.SSID', 'string', '客厅的网络'],
  ['Device.Security.Certificate.1.X_EXAMPLE_Raw', 'base64Binary', 'AAECAwQF/+8='],
];

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** A `ParameterList` of those, as the standard writes it. */
export const parameterList = (rows: readonly Row[]): string =>
  `<ParameterList soapenc:arrayType="cwmp:ParameterValueStruct[${rows.length}]">${rows
    .map(
      ([name, type, value]) =>
        `<ParameterValueStruct><Name>${name}</Name><Value xsi:type="xsd:${type}">${escape(value)}</Value></ParameterValueStruct>`,
    )
    .join('\n')}</ParameterList>`;

const valuesOf = (rows: readonly Row[]): ParameterValues =>
  Object.fromEntries(rows.map(([name, type, value]) => [name, { value, type }]));

const row = (name: string, rows: readonly Row[]): CorpusRow => ({
  name,
  body: Buffer.from(edited(INFORM, [/<ParameterList[^]*<\/ParameterList>/, parameterList(rows)])),
  expected: informMessage({ parameters: valuesOf(rows) }),
});

const numbered = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) => [`Device.Hosts.Host.${at + 1}.Active`, 'boolean', '1']);

export const DATA_MODELS: CorpusRow[] = [
  row('an Inform of TR-098', TR098),
  row('an Inform of TR-181', TR181),
  row('4,000 parameters', numbered(4000)),
];

/** The `ParameterList` of a device that has `count` hosts. */
export const longParameterList = (count: number): string => parameterList(numbered(count));
