import { readParameters } from './index.js';

const WAN = 'InternetGatewayDevice.WANDevice';

function read(values: Record<string, string>) {
  const parameters = Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { value }]));
  return readParameters(parameters, { manufacturer: '', oui: '', productClass: '' });
}

/** Of TR-098. */
function connection(
  path: string,
  facts: { address?: string; status?: string; service?: string; name?: string },
) {
  return {
    ...(facts.address === undefined ? {} : { [`${WAN}.${path}.ExternalIPAddress`]: facts.address }),
    ...(facts.status === undefined ? {} : { [`${WAN}.${path}.ConnectionStatus`]: facts.status }),
    ...(facts.service === undefined ? {} : { [`${WAN}.${path}.X_HW_SERVICELIST`]: facts.service }),
    ...(facts.name === undefined ? {} : { [`${WAN}.${path}.Name`]: facts.name }),
  };
}

const PPP = '1.WANConnectionDevice.1.WANPPPConnection.1';
const IP_2 = '1.WANConnectionDevice.2.WANIPConnection.1';
const PPP_4 = '1.WANConnectionDevice.4.WANPPPConnection.1';
const IP_5 = '1.WANConnectionDevice.5.WANIPConnection.1';

it('takes the address of the only connection, whatever its number', () => {
  const { attributes } = read(
    connection('2.WANConnectionDevice.7.WANIPConnection.3', { address: '203.0.113.9' }),
  );
  expect(attributes.wan_ip).toBe('203.0.113.9');
});

it('takes an address without a root', () => {
  expect(read({ '.ExternalIPAddress': '203.0.113.9' }).attributes.wan_ip).toBe('203.0.113.9');
});

it('takes the connected one of a Huawei with four connections for the internet, two of them up', () => {
  const { attributes, metrics } = read({
    ...connection(PPP, { address: '', status: 'Disconnected', service: 'INTERNET' }),
    ...connection(IP_2, { address: '198.51.100.2', status: 'Connected', service: 'INTERNET' }),
    ...connection(PPP_4, { address: '198.51.100.4', status: 'Connected', service: 'TR069_INTERNET' }),
    ...connection(IP_5, { address: '0.0.0.0', status: 'Connecting', service: 'INTERNET' }),
    [`${WAN}.${PPP_4}.Uptime`]: '89906',
    [`${WAN}.1.WANCommonInterfaceConfig.TotalBytesReceived`]: '28319238',
    [`${WAN}.1.WANCommonInterfaceConfig.TotalBytesSent`]: '4294967295',
    [`${WAN}.2.WANCommonInterfaceConfig.TotalBytesReceived`]: '0',
  });
  expect(attributes.wan_ip).toBe('198.51.100.4');
  expect(metrics).toEqual({
    internet_up_connections: 2,
    wan_uptime_seconds: 89906,
    wan_rx_bytes: 28_319_238,
  });
});

it('does not take the management or the telephone for the internet', () => {
  const { attributes } = read({
    ...connection(PPP, { address: '10.0.0.5', status: 'Connected', service: 'TR069' }),
    ...connection(IP_2, { address: '10.0.1.5', status: 'Connected', service: 'VOIP' }),
    ...connection(IP_5, { address: '198.51.100.5', status: 'Connected', service: 'INTERNET' }),
  });
  expect(attributes.wan_ip).toBe('198.51.100.5');
});

it('says that the internet is down while the management is up', () => {
  const { attributes, metrics } = read({
    ...connection(PPP, { address: '10.0.0.5', status: 'Connected', service: 'TR069' }),
    ...connection(IP_5, { address: '0.0.0.0', status: 'Disconnected', service: 'INTERNET' }),
  });
  expect(attributes).toEqual({});
  expect(metrics).toEqual({ internet_up_connections: 0 });
});

it('goes by the name where there is no list of services', () => {
  const { attributes } = read({
    ...connection(PPP, { address: '10.0.0.5', status: 'Connected', name: '1_TR069_R_VID_46' }),
    ...connection(IP_5, { address: '198.51.100.5', status: 'Connected', name: '2_INTERNET_R_VID_7' }),
  });
  expect(attributes.wan_ip).toBe('198.51.100.5');
});

it('goes by the default connection', () => {
  const { attributes } = read({
    ...connection(PPP, { address: '198.51.100.1', status: 'Connected', name: 'a' }),
    ...connection(IP_5, { address: '198.51.100.5', status: 'Connected', name: 'b' }),
    'InternetGatewayDevice.Layer3Forwarding.DefaultConnectionService': `${WAN}.${IP_5}`,
  });
  expect(attributes.wan_ip).toBe('198.51.100.5');
});

it('follows the default route of TR-181 and leaves the LAN alone', () => {
  const { attributes, metrics } = read({
    'Device.IP.Interface.1.IPv4Address.1.IPAddress': '192.168.0.1',
    'Device.IP.Interface.1.Name': 'LAN',
    'Device.IP.Interface.1.Status': 'Up',
    'Device.IP.Interface.1.Stats.BytesReceived': '11',
    'Device.IP.Interface.3.IPv4Address.1.IPAddress': '100.64.89.125',
    'Device.IP.Interface.3.IPv4Address.2.IPAddress': '0.0.0.0',
    'Device.IP.Interface.3.Status': 'Up',
    'Device.IP.Interface.3.Stats.BytesReceived': '1369083',
    'Device.IP.Interface.3.Stats.BytesSent': '2210191',
    'Device.PPP.Interface.1.ConnectionStatus': 'Connected',
    'Device.Routing.Router.1.IPv4Forwarding.1.DestIPAddress': '0.0.0.0',
    'Device.Routing.Router.1.IPv4Forwarding.1.Interface': 'Device.IP.Interface.3.',
    'Device.Routing.Router.1.IPv4Forwarding.3.DestIPAddress': '192.168.0.0',
    'Device.Routing.Router.1.IPv4Forwarding.3.Interface': 'Device.IP.Interface.1.',
  });
  expect(attributes.wan_ip).toBe('100.64.89.125');
  expect(metrics).toEqual({ internet_up_connections: 1, wan_rx_bytes: 1_369_083, wan_tx_bytes: 2_210_191 });
});

describe('a device that is connected and does not count', () => {
  const up = connection(PPP, { address: '198.51.100.2', status: 'Connected' });
  const own = { [`${WAN}.${PPP}.Stats.EthernetBytesReceived`]: '7000' };
  const total = (bytes: string) => ({ [`${WAN}.1.WANCommonInterfaceConfig.TotalBytesReceived`]: bytes });

  it('has traffic where it counts it: the whole WAN, else the connection', () => {
    expect(read({ ...up, ...total('9000'), ...own }).metrics['wan_rx_bytes']).toBe(9000);
    expect(read({ ...up, ...total('0'), ...own }).metrics['wan_rx_bytes']).toBe(7000);
    expect(read({ ...up, ...own }).metrics['wan_rx_bytes']).toBe(7000);
  });

  it('has no traffic of 0 and no uptime of 0, as one that is not connected may have', () => {
    const uptime = { [`${WAN}.${PPP}.Uptime`]: '0' };
    expect(read({ ...up, ...total('0'), ...uptime }).metrics).toEqual({ internet_up_connections: 1 });
    const down = connection(PPP, { address: '0.0.0.0', status: 'Disconnected' });
    expect(read({ ...down, ...total('0') }).metrics).toEqual({ internet_up_connections: 0, wan_rx_bytes: 0 });
    const eth = 'Device.IP.Interface.4';
    expect(
      read({
        [`${eth}.IPv4Address.1.IPAddress`]: '198.51.100.4',
        ...{ [`${eth}.Status`]: 'Up', [`${eth}.Stats.BytesReceived`]: '0', [`${eth}.Stats.BytesSent`]: '0' },
      }).metrics,
    ).toEqual({ internet_up_connections: 1 });
  });
});

it('knows the WAN of TR-181 by the ConnectionRequestURL, and the LAN by its absence there', () => {
  const lan = { 'Device.IP.Interface.1.IPv4Address.1.IPAddress': '192.168.1.1' };
  const url = { 'Device.ManagementServer.ConnectionRequestURL': 'http://198.51.100.7:7547/x' };
  expect(read({ ...lan, ...url }).attributes).toEqual({});
  const wan = { 'Device.IP.Interface.4.IPv4Address.1.IPAddress': '198.51.100.7' };
  expect(read({ ...lan, ...wan, ...url }).attributes.wan_ip).toBe('198.51.100.7');
});

it('prefers IPv4, and takes IPv6 where there is no other', () => {
  const six = {
    'Device.IP.Interface.2.IPv6Address.1.IPAddress': 'fe80::1',
    'Device.IP.Interface.2.IPv6Address.2.IPAddress': '2001:db8::7',
  };
  expect(read(six).attributes.wan_ip).toBe('2001:db8::7');
  const four = { 'Device.IP.Interface.2.IPv4Address.1.IPAddress': '198.51.100.7' };
  expect(read({ ...six, ...four }).attributes.wan_ip).toBe('198.51.100.7');
});

it.each(['', '0.0.0.0', '127.0.0.1', 'not an address', '::', '1.2.3'])('%j is no address', (address) => {
  expect(read(connection(PPP, { address, status: 'Connected' })).attributes).toEqual({});
});

it('takes no route for the default one of which the destination was not sent', () => {
  const route = 'Device.Routing.Router.1.IPv4Forwarding';
  const interfaces = {
    'Device.IP.Interface.1.IPv4Address.1.IPAddress': '198.51.100.1',
    'Device.IP.Interface.2.IPv4Address.1.IPAddress': '198.51.100.2',
    [`${route}.1.Interface`]: 'Device.IP.Interface.2',
  };
  expect(read(interfaces).attributes.wan_ip).toBe('198.51.100.1');
  const { attributes } = read({ ...interfaces, [`${route}.1.DestIPAddress`]: '' });
  expect(attributes.wan_ip).toBe('198.51.100.2');
});
