/**
 * What is asked of a device document. A projection knows no wildcards: where instance numbers differ between models, the
 * usual ones are listed. Objects are named whole only where they are small and hold nothing private.
 */

const TR181 = [
  'Device.DeviceInfo.ModelName',
  'Device.DeviceInfo.HardwareVersion',
  'Device.DeviceInfo.SoftwareVersion',
  'Device.DeviceInfo.UpTime',
  'Device.DeviceInfo.MemoryStatus',
  'Device.DeviceInfo.ProcessStatus.CPUUsage',
  'Device.DeviceInfo.TemperatureStatus.TemperatureSensor.1.Value',
  'Device.ManagementServer.PeriodicInformInterval',
  'Device.ManagementServer.ConnectionRequestURL',
  'Device.Optical.Interface',
  'Device.DSL.Line.1',
  'Device.DSL.Channel.1',
  'Device.Hosts.HostNumberOfEntries',
  ...each('Device.IP.Interface', [1, 2, 3, 4], ['Name', 'Status', 'IPv4Address.1.IPAddress', 'Stats']),
  ...each(
    'Device.PPP.Interface',
    [1, 2],
    ['Name', 'ConnectionStatus', 'LastConnectionError', 'IPCP.LocalIPAddress', 'Stats'],
  ),
  'Device.Cellular.Interface.1.RSRP',
  'Device.Cellular.Interface.1.RSRQ',
  ...each('Device.WiFi.Radio', [1, 2, 3], ['Channel', 'OperatingFrequencyBand', 'Stats.Noise']),
  ...each('Device.WiFi.AccessPoint', [1, 2, 3, 4], ['AssociatedDeviceNumberOfEntries']),
];

const CONNECTION_FACTS = ['Name', 'ConnectionStatus', 'ExternalIPAddress', 'Uptime'];
/** Which of the connections carries the internet. */
const SERVICE_LISTS = ['X_HW_SERVICELIST', 'X_CT-COM_ServiceList', 'X_ZTE-COM_ServiceList'];

const TR098 = [
  'InternetGatewayDevice.DeviceInfo.ModelName',
  'InternetGatewayDevice.DeviceInfo.HardwareVersion',
  'InternetGatewayDevice.DeviceInfo.SoftwareVersion',
  'InternetGatewayDevice.DeviceInfo.UpTime',
  'InternetGatewayDevice.DeviceInfo.MemoryStatus',
  'InternetGatewayDevice.DeviceInfo.ProcessStatus.CPUUsage',
  'InternetGatewayDevice.DeviceInfo.X_HW_CpuUsed',
  'InternetGatewayDevice.DeviceInfo.X_HW_MemUsed',
  'InternetGatewayDevice.Layer3Forwarding.DefaultConnectionService',
  'InternetGatewayDevice.ManagementServer.PeriodicInformInterval',
  'InternetGatewayDevice.ManagementServer.ConnectionRequestURL',
  'InternetGatewayDevice.LANDevice.1.Hosts.HostNumberOfEntries',
  ...each('InternetGatewayDevice.LANDevice.1.WLANConfiguration', [1, 5], ['Channel', 'TotalAssociations']),
  'InternetGatewayDevice.WANDevice.1.WANCommonInterfaceConfig',
  'InternetGatewayDevice.WANDevice.1.WANDSLInterfaceConfig',
  ...each(
    'InternetGatewayDevice.WANDevice.1.WANConnectionDevice',
    [1, 2, 3, 4],
    ['WANIPConnection.1', 'WANPPPConnection.1'].flatMap((connection) =>
      [...CONNECTION_FACTS, ...SERVICE_LISTS].map((name) => `${connection}.${name}`),
    ),
  ),
];

/** Optics of TR-098 devices, which have no standard, by what dumps of real devices show. */
const OPTICS = [
  'InternetGatewayDevice.WANDevice.1.X_GponInterafceConfig',
  'InternetGatewayDevice.WANDevice.1.X_GponInterfaceConfig',
  'InternetGatewayDevice.WANDevice.1.GponInterfaceConfig',
  'InternetGatewayDevice.WANDevice.1.X_ZTE-COM_WANPONInterfaceConfig',
  'InternetGatewayDevice.WANDevice.2.X_ZTE-COM_GponInterfaceConfig',
  'InternetGatewayDevice.X_ALU_OntOpticalParam',
  'InternetGatewayDevice.X_CT-COM_EponInterfaceConfig.Stats',
  'InternetGatewayDevice.X_CT-COM_GponInterfaceConfig.Stats',
  'InternetGatewayDevice.X_HW_DEBUG.AdminTR069',
  'InternetGatewayDevice.X_Realtek_EponInterfaceConfig.Stats',
];

export const WANTED_PARAMETERS: readonly string[] = [...TR181, ...TR098, ...OPTICS];

/** What GenieACS itself knows of a device. */
const OWN_FIELDS = ['_deviceId', '_registered', '_lastInform', '_lastBoot', '_lastBootstrap', '_tags'];

/** For the NBI. MongoDB refuses a projection that names an object and something inside it. */
export function projectionOf(parameters: readonly string[]): string[] {
  const wanted = [...new Set(parameters)];
  return [...OWN_FIELDS, ...wanted.filter((path) => !wanted.some((other) => path.startsWith(`${other}.`)))];
}

/**
 * A file with a path a line; blank lines, and those that begin with "#", are left out.
 * @throws Error with a sentence for a line that is no path
 */
export function readParameterList(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const path = line.trim();
    if (path === '' || path.startsWith('#')) return [];
    if (!/^[A-Za-z_][\w-]*(\.[\w-]+)+$/.test(path)) {
      throw new Error(`Line ${index + 1} of the parameter list is no full path: ${path.slice(0, 80)}`);
    }
    return [path];
  });
}

function each(object: string, instances: readonly number[], names: readonly string[]): string[] {
  return instances.flatMap((instance) => names.map((name) => `${object}.${instance}.${name}`));
}
