import { isRefusal } from '@cpemon/contracts';
import fc from 'fast-check';
import type { CwmpBody } from '../cwmp-message.js';
import { eventsOfMessage } from './events-of-message.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.constantFrom('', ' ', '0', '\u0000', '\ud800'),
);
const time = fc.oneof(
  text,
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '0001-01-01T00:01:03',
    '0999-12-31T23:59:59',
    '1970-01-01T00:00:00Z',
    '2019-03-05T11:54::14',
  ),
);
const path = fc.constantFrom(
  ...[
    'Device.DeviceInfo.UpTime',
    'Device.PPP.Interface.1.Password',
    'Device.Hosts.Host.1.HostName',
    '__proto__',
  ],
  ...[
    'Device.Optical.Interface.1.OpticalSignalLevel',
    '.ExternalIPAddress',
    'Device.X_ACME_Key',
    'Device.A.B',
  ],
);
const SECRET = 'top-s3cret-value';
const parameters = fc.array(fc.tuple(fc.oneof(path, text), text), { maxLength: 20 }).map((list) => ({
  ...Object.fromEntries(list.map(([name, value]) => [name, { value }])),
  'Device.PPP.Interface.9.Password': { value: SECRET },
}));
const args = fc.dictionary(text, text, { maxKeys: 40 }).map((given) => ({ ...given, AuthPassword: SECRET }));

const body: fc.Arbitrary<CwmpBody> = fc.oneof(
  fc.record({
    ...{ method: fc.constant('Inform' as const), manufacturer: text, oui: text, productClass: text },
    serialNumber: fc.oneof(text, fc.constant('A1')),
    events: fc.array(fc.record({ code: text, commandKey: text }), { maxLength: 70 }),
    ...{ currentTime: time, retryCount: fc.nat(), parameters },
  }),
  fc.record({
    ...{
      method: fc.constant('TransferComplete' as const),
      commandKey: text,
      faultCode: text,
      faultString: text,
    },
    ...{ startTime: time, completeTime: time },
  }),
  fc.record({ method: fc.constantFrom('Kicked' as const, 'DUStateChangeComplete' as const), args }),
  fc.record({ method: fc.constant('GetParameterValuesResponse' as const), parameters }),
  fc.record({ method: fc.constant('Fault' as const), code: text, text }),
);

it('makes of any message an event that the log takes, without secrets, or a refusal', () => {
  fc.assert(
    fc.property(body, fc.boolean(), (given, known) => {
      const result = eventsOfMessage(
        { namespace: 'urn:dslforum-org:cwmp-1-0', body: given },
        {
          path: 'cwmp',
          request: { nowMs: Date.parse('2026-11-21T12:00:00Z'), randomId: () => 'r', correlationId: 'c' },
          ...(known ? { device: { serialNumber: 'A1', oui: '00259E', productClass: 'X' } } : {}),
        },
      );
      if (isRefusal(result)) return;
      for (const event of result.events) {
        const json = JSON.stringify(event);
        expect(json).not.toContain(SECRET);
        expect(json).not.toMatch(/:null|\\ud[89a-f]/i);
        expect(Buffer.byteLength(json)).toBeLessThan(64 * 1024);
        expect(event.id).not.toBe('');
      }
    }),
    { numRuns: 2000 },
  );
});
