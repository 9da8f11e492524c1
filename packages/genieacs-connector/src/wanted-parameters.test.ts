import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONGEST_ADDRESS_CHARACTERS } from './limits';
import { projectionOf, readParameterList, WANTED_PARAMETERS } from './wanted-parameters';

const MODELS = join(__dirname, '../../device-models/src/models');

test('what CPEmon would ask a device for is read from GenieACS too', () => {
  const asked = readdirSync(MODELS).flatMap(
    (file) => (JSON.parse(readFileSync(join(MODELS, file), 'utf8')) as { ask?: string[] }).ask ?? [],
  );
  expect(asked.length).toBeGreaterThan(10);
  const isWanted = (path: string): boolean =>
    WANTED_PARAMETERS.some((wanted) => path === wanted || path.startsWith(`${wanted}.`));
  expect(asked.filter((path) => !isWanted(path))).toEqual([]);
});

test('the usual projection fits into an address', () => {
  expect(projectionOf(WANTED_PARAMETERS).join(',').length).toBeLessThan(LONGEST_ADDRESS_CHARACTERS - 2000);
});

test('a projection names no object together with something inside it', () => {
  const projection = projectionOf(['Device.A', 'Device.A.B', 'Device.AB', 'Device.A']);
  expect(projection.filter((path) => path.startsWith('Device'))).toEqual(['Device.A', 'Device.AB']);
});

test('a list of parameters has one path a line, and remarks', () => {
  expect(
    readParameterList('# health\n\nDevice.DeviceInfo.UpTime \r\nInternetGatewayDevice.X_CT-COM_A.B\n'),
  ).toEqual(['Device.DeviceInfo.UpTime', 'InternetGatewayDevice.X_CT-COM_A.B']);
  expect(() => readParameterList('Device.A\nDevice.*.B')).toThrow(
    'Line 2 of the parameter list is no full path',
  );
});
