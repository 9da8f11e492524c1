import fc from 'fast-check';
import { isSecretParameter, readParameters, redactParameters } from './index.js';

const SEGMENTS = [
  ...[
    'Device',
    'InternetGatewayDevice',
    '',
    'DeviceInfo',
    'WANDevice',
    '1',
    '2',
    '4294967295',
    '[cpe-1]',
    '{i}',
  ],
  ...['MemoryStatus', 'Total', 'Free', 'UpTime', 'CPUUsage', 'ProcessStatus', 'Optical', 'Interface', 'IP'],
  ...[
    'OpticalSignalLevel',
    'X_GponInterafceConfig',
    'RXPower',
    'TXPower',
    'WANConnectionDevice',
    'WANIPConnection',
  ],
  ...[
    'ExternalIPAddress',
    'ConnectionStatus',
    'Uptime',
    'AssociatedDevice',
    'SignalStrength',
    'Host',
    'Hosts',
  ],
  ...['Password', 'KeyPassphrase', '__proto__', 'constructor', 'toString', 'PeriodicInformInterval'],
];
const path = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 8 }).map((list) => list.join('.')),
  },
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const value = fc.oneof(
  fc.constantFrom(
    '0',
    '-274',
    '4294967295',
    '1e308',
    '-1e308',
    '1e-320',
    'NaN',
    'Infinity',
    '-',
    '',
    ' 12 ',
    '0x10',
  ),
  fc.double().map(String),
  fc.integer().map((n) => `${n} dBm`),
  fc.ipV4(),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
const parameters = fc
  .array(fc.tuple(path, value, fc.option(fc.string({ maxLength: 40 }), { nil: undefined })), {
    maxLength: 30,
  })
  .map((list) =>
    Object.fromEntries(
      list.map(([name, text, type]) => [name, type === undefined ? { value: text } : { value: text, type }]),
    ),
  );
const sender = fc.record({
  manufacturer: fc.constantFrom('TP-Link', 'ZTE', ''),
  oui: fc.string(),
  productClass: fc.string(),
});

it('reads whatever is sent without throwing, and nothing but finite numbers and texts comes out', () => {
  fc.assert(
    fc.property(parameters, sender, (given, who) => {
      const { metrics, attributes, intervalSeconds } = readParameters(given, who);
      for (const [name, number] of Object.entries(metrics)) {
        expect(name).toMatch(/^[a-z0-9_]+$/);
        expect(Number.isFinite(number)).toBe(true);
      }
      for (const text of Object.values(attributes)) {
        expect(text).not.toBe('');
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}]/u);
      }
      if (intervalSeconds !== undefined) expect(intervalSeconds).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 2000 },
  );
});

it('gives the same readings in whatever order the parameters come', () => {
  fc.assert(
    fc.property(parameters, sender, (given, who) => {
      const turned = Object.fromEntries(Object.entries(given).reverse());
      const byNumber = (read: ReturnType<typeof readParameters>) => read.metrics['rx_power_dbm'];
      expect(byNumber(readParameters(turned, who))).toBe(byNumber(readParameters(given, who)));
    }),
    { numRuns: 500 },
  );
});

it('lets no value of a secret through', () => {
  const secretPath = fc
    .tuple(
      fc.constantFrom('Device.', 'InternetGatewayDevice.X_ACME.', ''),
      fc.constantFrom('X_', '', 'Wlan', 'admin', 'PPP'),
      fc.constantFrom(
        'Password',
        'KeyPassphrase',
        'PreSharedKey',
        'WEPKey',
        'radiusSecret',
        'WpaPsk',
        'Token',
        'WpsPin',
      ),
      fc.constantFrom('', '1', '_2'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      secretPath,
      parameters,
      fc.constantFrom('kept' as const, 'dropped' as const),
      (name, others, unknownValues) => {
        expect(isSecretParameter(name)).toBe(true);
        const given = { ...others, [name]: { value: 's3cr3t-v4lue' } };
        const { parameters: kept } = redactParameters(given, { unknownValues });
        expect(JSON.stringify(kept)).not.toContain('s3cr3t-v4lue');
      },
    ),
    { numRuns: 500 },
  );
});
