import { admitsAnyone, isExpected, quarantineReason, type AdmissionRules } from './admission.js';

const rules = (fields: Partial<AdmissionRules>): AdmissionRules => ({
  mode: 'open',
  newDevicesPerHour: 0,
  ...fields,
});
const facts = { expected: false, newThisHour: 0, lanes: 16 };

test('open admits anyone, up to the limit of an hour', () => {
  expect(admitsAnyone(rules({}))).toBe(true);
  expect(quarantineReason(rules({}), { ...facts, newThisHour: 1e9 })).toBeNull();
  const limited = rules({ newDevicesPerHour: 160 });
  expect(admitsAnyone(limited)).toBe(false);
  expect(quarantineReason(limited, { ...facts, newThisHour: 9 })).toBeNull();
  expect(quarantineReason(limited, { ...facts, newThisHour: 10 })).toBe('too_many_new');
});

test('inventory admits who is expected, quarantine nobody', () => {
  expect(quarantineReason(rules({ mode: 'inventory' }), facts)).toBe('not_expected');
  expect(quarantineReason(rules({ mode: 'inventory' }), { ...facts, expected: true })).toBeNull();
  expect(quarantineReason(rules({ mode: 'quarantine' }), { ...facts, expected: true })).toBe('not_released');
});

test('what the inventory, or the sender, leaves out fits anything', () => {
  const identity = (oui: string, productClass: string) => ({ serialNumber: 'SN1', oui, productClass });
  expect(isExpected([], identity('', ''))).toBe(false);
  expect(isExpected([identity('', '')], identity('00259E', 'EG'))).toBe(true);
  expect(isExpected([identity('00259E', 'EG')], identity('', ''))).toBe(true);
  expect(isExpected([identity('00259E', '')], identity('0026ED', 'EG'))).toBe(false);
});
