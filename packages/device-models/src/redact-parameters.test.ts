import { REDACTED } from '@cpemon/domain';
import {
  isSecretParameter,
  NOT_KEPT,
  PARAMETERS_BYTES,
  redactParameters,
  withoutUrlSecrets,
} from './index.js';

const IGD = 'InternetGatewayDevice';

it.each([
  'Device.WiFi.AccessPoint.1.Security.KeyPassphrase',
  'Device.WiFi.AccessPoint.1.Security.PreSharedKey',
  'Device.WiFi.AccessPoint.1.Security.SAEPassphrase',
  'Device.WiFi.AccessPoint.1.Security.WEPKey',
  'Device.WiFi.AccessPoint.1.Security.RadiusSecret',
  'Device.WiFi.AccessPoint.1.WPS.PIN',
  'Device.PPP.Interface.1.Password',
  'Device.PPP.Interface.1.Username',
  'Device.ManagementServer.ConnectionRequestPassword',
  'Device.ManagementServer.STUNPassword',
  'Device.Users.User.1.Password',
  'Device.IEEE1905.AL.NetworkTopology.X_Token',
  `${IGD}.LANDevice.1.WLANConfiguration.1.PreSharedKey.1.PreSharedKey`,
  `${IGD}.LANDevice.1.WLANConfiguration.1.WEPKey.2.WEPKey`,
  `${IGD}.LANDevice.1.WLANConfiguration.5.X_TP_PreSharedKey`,
  `${IGD}.LANDevice.1.WLANConfiguration.1.X_HW_RadiusKey`,
  `${IGD}.WANDevice.1.WANConnectionDevice.1.WANPPPConnection.1.Password`,
  `${IGD}.Services.VoiceService.1.VoiceProfile.1.Line.1.SIP.AuthPassword`,
  `${IGD}.X_CT-COM_TeleComAccount.Password`,
  `${IGD}.X_CT-COM_UserInfo.Loid`,
  `${IGD}.UserInterface.X_HW_WebUserInfo.1.UserName`,
  `${IGD}.UserInterface.X_HW_CLIUserInfo.1.Userpassword`,
  `${IGD}.DeviceInfo.X_D0542D_SNMP.ReadCommunity`,
  `${IGD}.X_ACME_Snmp.Community.1.Name`,
  `${IGD}.X_ACME_WpaPsk`,
  `${IGD}.X_ACME_AdminPwd`,
  `${IGD}.X_ACME_Secrets.Password.Value`,
  'Device.Cellular.Interface.1.USIM.PIN',
])('%s is a secret', (path) => {
  expect(isSecretParameter(path)).toBe(true);
  expect(isSecretParameter(path.toUpperCase())).toBe(true);
  const { parameters, dropped } = redactParameters(
    { [path]: { value: 'hunter2', type: 'string' } },
    { unknownValues: 'kept', stations: 'kept' },
  );
  expect(parameters).toEqual({ [path]: { value: REDACTED, type: 'string' } });
  expect(dropped).toEqual({ secret: 1 });
});

it.each([
  'Device.ManagementServer.ParameterKey',
  `${IGD}.LANDevice.1.WLANConfiguration.1.WEPKeyIndex`,
  `${IGD}.LANDevice.1.WLANConfiguration.1.WPAAuthenticationMode`,
  'Device.DeviceInfo.SerialNumber',
  'Device.WiFi.Radio.1.Channel',
  'Device.Services.VoiceService.1.FaxPassThrough',
])('%s is none', (path) => {
  expect(isSecretParameter(path)).toBe(false);
});

it('keeps what a mapping or the list of known parameters names, and of the rest name and type', () => {
  const { parameters, dropped } = redactParameters({
    'Device.DeviceInfo.UpTime': { value: '12', type: 'unsignedInt', at: '2026-11-01T00:00:00.000Z' },
    'Device.DeviceInfo.ProvisioningCode': { value: 'line-7', type: 'string' },
    'Device.WiFi.SSID.1.SSID': { value: 'Smiths', type: 'string' },
    'Device.X_ACME_Empty': { value: '' },
  });
  expect(parameters).toEqual({
    'Device.DeviceInfo.UpTime': { value: '12', type: 'unsignedInt', at: '2026-11-01T00:00:00.000Z' },
    'Device.DeviceInfo.ProvisioningCode': { value: 'line-7', type: 'string' },
    'Device.WiFi.SSID.1.SSID': { value: NOT_KEPT, type: 'string' },
    'Device.X_ACME_Empty': { value: '' },
  });
  expect(dropped).toEqual({ unknown_value: 1 });
});

it('keeps unknown values when it is told to', () => {
  const given = { 'Device.WiFi.SSID.1.SSID': { value: 'Smiths', type: 'string' } };
  expect(redactParameters(given, { unknownValues: 'kept' }).parameters).toEqual(given);
});

it("leaves customers' own devices out, even where unknown values are kept", () => {
  const given = {
    'Device.Hosts.Host.1.HostName': { value: 'anna-phone' },
    'Device.WiFi.AccessPoint.1.AssociatedDevice.3.MACAddress': { value: '02:00:00:00:00:01' },
    'InternetGatewayDevice.LANDevice.1.Hosts.Host.2.MACAddress': { value: '02:00:00:00:00:02' },
    'Device.DHCPv4.Server.Pool.1.Client.1.Chaddr': { value: '02:00:00:00:00:03' },
  };
  expect(redactParameters(given, { unknownValues: 'kept' })).toEqual({
    parameters: {},
    dropped: { station: 4 },
    leftOut: 0,
  });
});

it('takes credentials and queries out of URLs', () => {
  expect(withoutUrlSecrets('http://acs:pw@acs.example:7547/path?token=abc')).toBe(
    `http://${REDACTED}@acs.example:7547/path?${REDACTED}`,
  );
  expect(withoutUrlSecrets('http://203.0.113.9:7547/path')).toBe('http://203.0.113.9:7547/path');
  const { parameters } = redactParameters({ 'Device.ManagementServer.URL': { value: 'https://a:b@acs/' } });
  expect(parameters['Device.ManagementServer.URL']?.value).toBe(`https://${REDACTED}@acs/`);
});

it('drops names that are none', () => {
  const odd = JSON.parse(
    '{"__proto__":{"value":"1"},"constructor":{"value":"1"},"a\\u0000b":{"value":"1"}}',
  ) as object;
  const { parameters, dropped } = redactParameters({ ...odd, ['x'.repeat(300)]: { value: '1' } });
  expect(parameters).toEqual({});
  expect(dropped).toEqual({ bad_name: 4 });
});

it('cuts 4,000 parameters to what an event has room for, the readings last', () => {
  const many = Object.fromEntries(
    Array.from({ length: 4000 }, (_, n) => [`Device.X_ACME_Object.${n}.SomeParameter`, { value: `${n}` }]),
  );
  const { parameters, leftOut, dropped } = redactParameters({
    ...many,
    'Device.DeviceInfo.UpTime': { value: '7' },
  });
  expect(parameters['Device.DeviceInfo.UpTime']).toEqual({ value: '7' });
  expect(Buffer.byteLength(JSON.stringify(parameters))).toBeLessThanOrEqual(PARAMETERS_BYTES + 2);
  expect(Object.keys(parameters).length + leftOut).toBe(4001);
  expect(dropped.too_many_parameters).toBe(leftOut);
});
