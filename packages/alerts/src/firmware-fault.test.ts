import { isFirmwareFault, othersOf, type Part } from './firmware-fault.js';
import { DEFAULT_GROUP_SETTINGS } from './group-alarms.js';

const settings = DEFAULT_GROUP_SETTINGS;
const part = (concerned: number, members: number): Part => ({ concerned, members });

test.each([
  ['a canary of which all restart, the others do not', part(12, 12), part(0, 1000), true],
  ['nine devices are too few', part(9, 9), part(0, 1000), false],
  ['a fifth of a firmware is not the firmware', part(200, 1000), part(0, 1000), false],
  ['half of it, and as much of the others: a storm', part(500, 1000), part(450, 1000), false],
  ['half of it, and few of the others', part(500, 1000), part(50, 1000), true],
])('%s', (_what, own, others, is) => {
  expect(isFirmwareFault(own, others, settings)).toBe(is);
});

test('a firmware is compared with the others of its model, and with everybody where there are none', () => {
  const [own, fleet] = [part(40, 50), part(45, 1000)];
  expect(othersOf(own, part(41, 150), fleet, settings)).toEqual(part(1, 100));
  expect(othersOf(own, part(40, 55), fleet, settings)).toEqual(part(5, 950));
});
