import { readBulkSender } from './sender.js';

const read = (query: string) => readBulkSender(`/v1/bulkdata?${query}`);

test.each<[query: string, sender: object]>([
  ['oui=00d09e&pc=Home%20Router&sn=A1', { oui: '00D09E', productClass: 'Home Router', serialNumber: 'A1' }],
  [
    'oui=012345&pc=USP%20Agent&sn=A1&sn=A1&oui=012345',
    { oui: '012345', productClass: 'USP Agent', serialNumber: 'A1' },
  ],
  ['sn=&sn=A1', { serialNumber: 'A1' }],
  ['sn=A1&sn=A2', { serialNumber: 'A1' }],
  ['SN=A1&OUI=00D09E', { oui: '00D09E', serialNumber: 'A1' }],
  ['sn=A%2B1%2F2', { serialNumber: 'A+1/2' }],
  ['sn=A+1', { serialNumber: 'A+1' }],
  ['sn=A%ZZ', { serialNumber: 'A%ZZ' }],
  ['sn=%20A1%20', { serialNumber: 'A1' }],
  ['eid=os::012345-A%2D1', { oui: '012345', serialNumber: 'A-1' }],
  ['eid=os%3A%3A012345-A1', { oui: '012345', serialNumber: 'A1' }],
  ['eid=ops::012345-Home%2520Router-A1', { oui: '012345', productClass: 'Home Router', serialNumber: 'A1' }],
  ['eid=oui:00256D:my-box', { oui: '00256D', serialNumber: 'my-box' }],
  ['eid=imei::990000862471854', { oui: '', serialNumber: '990000862471854' }],
  ['eid=self::agent-7', { oui: '', serialNumber: 'self::agent-7' }],
  ['eid=nothing-known', { serialNumber: 'nothing-known' }],
  ['eid=os::012345-A1&sn=B2', { oui: '012345', serialNumber: 'B2' }],
  ['sn=A1&profile=wifi', { serialNumber: 'A1', profile: 'wifi' }],
  ['sn=A1&Alias=cpe-wifi&other=1', { serialNumber: 'A1', profile: 'cpe-wifi' }],
  ['sn=A1&interval=300', { serialNumber: 'A1', intervalSeconds: 300 }],
])('%s', (query, sender) => {
  expect(read(query)).toMatchObject(sender);
});

test.each(['0', '31536000', '-5', '5m', '1e3', ''])('an interval of %p is none', (interval) => {
  expect(read(`sn=A1&interval=${interval}`)).not.toHaveProperty('intervalSeconds');
});

test.each<[address: string, code: string]>([
  ['/v1/bulkdata', 'missing_sn'],
  ['/v1/bulkdata?', 'missing_sn'],
  ['/v1/bulkdata?oui=00D09E&pc=x', 'missing_sn'],
  ['/v1/bulkdata?sn=%20', 'missing_sn'],
  [`/v1/bulkdata?sn=${'x'.repeat(65)}`, 'invalid_sn'],
  ['/v1/bulkdata?sn=%C3%A9', 'invalid_sn'],
  ['/v1/bulkdata?sn=a%00b', 'invalid_sn'],
])('refuses %s', (address, code) => {
  expect(readBulkSender(address)).toMatchObject({ code });
});
