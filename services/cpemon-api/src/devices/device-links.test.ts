import { linksOf, parseDeviceLinks } from './device-links.js';

const KNOWN = {
  values: { id: '7', serial_number: 'ACME 1/2', oui: '00259E', wan_ip: null },
  labels: { olt: 'olt-3' },
  keys: { subscriber: 'S-4711' },
};
const links = (text: string, more: Partial<typeof KNOWN> = {}) =>
  linksOf(parseDeviceLinks(text), { ...KNOWN, ...more });

test('placeholders become what is known of the device, escaped', () => {
  const text =
    'ACS=https://acs.example/#!/devices/{oui}-{serial_number} Trouble_ticket=http://crm.example/new?who={key.subscriber}&olt={label.olt}';
  expect(links(text)).toEqual([
    { name: 'ACS', url: 'https://acs.example/#!/devices/00259E-ACME%201%2F2' },
    { name: 'Trouble ticket', url: 'http://crm.example/new?who=S-4711&olt=olt-3' },
  ]);
});

test('a link that needs what is not known of the device is left out', () => {
  expect(
    links('A=https://x/{wan_ip} B=https://x/{label.pon} C=https://x/{key.mac} D=https://x/{id}'),
  ).toEqual([{ name: 'D', url: 'https://x/7' }]);
});

test('nothing that a device calls itself leads to another place', () => {
  for (const serialNumber of ['..', '@evil.example/', '//evil.example', 'javascript:alert(1)'])
    for (const { url } of links('A=https://x.example/{serial_number}/y', {
      values: { ...KNOWN.values, serial_number: serialNumber },
    }))
      expect([new URL(url).host, new URL(url).pathname.endsWith('/y')]).toEqual(['x.example', true]);
});

test.each([
  ['https://x/', 'must be NAME=URL'],
  ['A=javascript:alert(1)', 'must lead to http or https'],
  ['A=https://x/{password}', 'not {password}'],
  [Array.from({ length: 13 }, (_, n) => `N${n}=https://x/`).join(' '), 'at most 12'],
])('%s is refused', (text, message) => {
  expect(() => parseDeviceLinks(text)).toThrow(message);
});
