import { MOST_LABELS, problemOfColumns, readInventoryRow } from './inventory-row.js';

const read = (cells: Record<string, string>) => readInventoryRow(cells);

test('columns that name boxes and lines are keys, all others are labels', () => {
  expect(
    read({
      ...{ SN: ' A1 ', oui: '00259E', 'Product Class': 'EG8', service_id: 'L1', 'GPON SN': 'HWTCA94196A5' },
      ...{ mac: '00:25:9e:aa:bb:01; 00259EAABB02', PPPoE: 'Eva@isp', region: 'north', 'Model Group': '' },
      admin_state: 'Expected',
    }),
  ).toEqual({
    ...{ serialNumber: 'A1', oui: '00259E', productClass: 'EG8', serviceId: 'L1', adminState: 'in_service' },
    keys: [
      { kind: 'pon_serial', value: '48575443A94196A5' },
      { kind: 'mac', value: '00259EAABB01' },
      { kind: 'mac', value: '00259EAABB02' },
      { kind: 'pppoe_user', value: 'eva@isp' },
    ],
    labels: { region: 'north', model_group: '' },
  });
});

test.each([
  [{ region: 'north' }, 'no_key'],
  [{ sn: '' }, 'no_key'],
  [{ sn: 'a\u0000' }, 'invalid_sn'],
  [{ sn: 'A', mac: '12' }, 'invalid_key'],
  [{ sn: 'A', pon_serial: 'zzz' }, 'invalid_key'],
  [{ sn: 'A', region: 'x'.repeat(65) }, 'invalid_label'],
  [{ sn: 'A', ['__proto__x']: 'X' }, 'invalid_label'],
  [{ sn: 'A', admin_state: 'gone' }, 'invalid_state'],
  [{ service_id: 'x'.repeat(65) }, 'too_long'],
] as const)('%j is refused as %s', (cells, code) => {
  expect(read(cells as unknown as Record<string, string>)).toMatchObject({ code });
});

test('what a device says itself is passed over, and named', () => {
  expect(problemOfColumns(['sn', 'Model', 'firmware', 'region'])).toBeNull();
  expect(read({ sn: 'A', Model: 'X'.repeat(100), firmware: '', region: 'north' })).toEqual({
    ...{ serialNumber: 'A', keys: [], labels: { region: 'north' } },
    leftOut: ['model', 'firmware'],
  });
  expect(read({ model: 'X' })).toMatchObject({ code: 'no_key' });
});

test('a row has so many labels and no more', () => {
  const labels = Object.fromEntries(Array.from({ length: MOST_LABELS + 1 }, (_, n) => [`l${n}`, 'x']));
  expect(read({ sn: 'A', ...labels })).toMatchObject({ code: 'too_many_labels' });
});

test('names such as constructor are labels like any other', () => {
  expect(read({ sn: 'A', constructor: 'x', tostring: 'y' })).toMatchObject({
    labels: { constructor: 'x', tostring: 'y' },
  });
});

test('a table without a column that names a box or a line is refused whole', () => {
  expect(problemOfColumns(['region', 'olt'])).toMatch(/No column names/);
  expect(problemOfColumns(['sn', '1st'])).toMatch(/1st/);
  expect(problemOfColumns(['sn', 'region'])).toBeNull();
});
