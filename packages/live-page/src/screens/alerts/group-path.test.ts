import { groupPath } from './group-path.js';

test.each([
  ['olt', 'olt-3', '', '/devices?label.olt=olt-3'],
  ['olt', 'olt-3', 'offline,stale', '/devices?label.olt=olt-3&status=offline%2Cstale'],
  ['model', 'X', '', '/devices?model=X'],
  ['model_firmware', 'A / B / V5', '', '/devices?model=A+%2F+B&firmware=V5'],
  ['fleet', 'all', 'offline', '/devices?status=offline'],
])('devices of %s %s (%s) are at %s', (label, value, status, path) => {
  expect(groupPath(label, value, status)).toBe(path);
});
