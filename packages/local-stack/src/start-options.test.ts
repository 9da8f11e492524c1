import { CommanderError } from 'commander';
import { parseStartOptions } from './start-options.js';

const parse = (...args: string[]) => parseStartOptions(args, '/repo');

beforeEach(() => jest.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => jest.restoreAllMocks());

test('without options a small fleet, one replica of each service, and .cpemon in the repository', () => {
  expect(parse()).toEqual({
    devices: 100,
    intervalSeconds: 10,
    writers: 1,
    ingests: 1,
    apis: 1,
    dataFolder: '/repo/.cpemon',
    basePort: 8080,
    fresh: false,
    restored: false,
    observe: false,
  });
});

test('options are read', () => {
  const args =
    '--devices 0 --interval 5 --writers 3 --ingests 2 --apis 2 --data /d --base-port 18080 --fresh --restored --observe';
  expect(parse(...args.split(' '))).toEqual({
    devices: 0,
    intervalSeconds: 5,
    writers: 3,
    ingests: 2,
    apis: 2,
    dataFolder: '/d',
    basePort: 18080,
    fresh: true,
    restored: true,
    observe: true,
  });
});

test.each([
  ['--devices', '10abc'],
  ['--devices', '-1'],
  ['--interval', '0'],
  ['--writers', '1.5'],
  ['--base-port', '65000'],
  ['--unknown', '1'],
])('%s %s is refused', (name, value) => {
  expect(() => parse(name, value)).toThrow(CommanderError);
});
