import { BUILT_IN_MODELS, formOfValue, patternAsSent, surveyParameters } from './index.js';

const NOBODY = { manufacturer: '', oui: '', productClass: '' };
const survey = (values: Record<string, string>) =>
  surveyParameters(
    Object.fromEntries(Object.entries(values).map(([path, value]) => [path, { value }])),
    NOBODY,
    BUILT_IN_MODELS,
  );

test('a metric is silent when none of its parameters gives a reading', () => {
  const optics = 'Device.Optical.Interface';
  expect(survey({ [`${optics}.1.OpticalSignalLevel`]: '0' }).silent).toEqual(['rx_power_dbm']);
  expect(
    survey({ [`${optics}.1.OpticalSignalLevel`]: '0', [`${optics}.2.OpticalSignalLevel`]: '-21500' }).silent,
  ).toEqual([]);
});

test('instances of one parameter are one that nothing reads', () => {
  expect(survey({ 'Device.X_Acme.1.Level': '3', 'Device.X_ACME.22.Level': '4' }).unmapped).toEqual([
    { path: 'Device.X_Acme.{i}.Level', type: '', form: '9' },
  ]);
});

test('secrets, hosts, known parameters and empty ones are passed over', () => {
  expect(
    survey({
      'Device.X_ACME.Password': 'hunter2',
      'Device.Hosts.Host.1.HostName': 'phone',
      'Device.DeviceInfo.UpTime': '7',
      'Device.X_ACME.Level': '',
    }),
  ).toEqual({ silent: [], unmapped: [] });
});

test.each([
  ['-22.51', '-99.99'],
  ['3244 mV', '9999 xx'],
  ['AA:bb:01', 'xx:xx:99'],
  ['Zoë <x>\u0000', 'xxx ?x??'],
  ['x'.repeat(30), `${'x'.repeat(24)}…`],
])('the form of %j says what it looks like, and not what it is', (value, form) => {
  expect(formOfValue(value)).toBe(form);
});

test('a path is written as its sender writes it, with {i} for each instance', () => {
  expect(patternAsSent('Device.IP.Interface.3.IPv4Address.[cpe-1].IPAddress')).toBe(
    'Device.IP.Interface.{i}.IPv4Address.{i}.IPAddress',
  );
});
