// npm run simulated-day -- --devices 100000: a day of a fleet in simulated time, once well and once with ten things that
// break, through the real rules over a private database; prints what CPEmon told of it. Minutes per million events.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './build.mjs';

const USAGE = `npm run simulated-day -- [options]
  --devices N     100000
  --interval S    seconds between two reports of a device           3600
  --site N        devices of a site                                 256
  --seed N        another fleet                                     1
`;

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '100000' },
    interval: { type: 'string', default: '3600' },
    site: { type: 'string', default: '256' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}
const options = {
  devices: Number(values.devices),
  intervalSeconds: Number(values.interval),
  devicesPerSite: Number(values.site),
  seed: Number(values.seed),
};
if (!Object.values(options).every((number) => Number.isInteger(number) && number > 0)) {
  process.stderr.write(USAGE);
  process.exit(64);
}
const jest = createRequire(join(ROOT, 'package.json')).resolve('jest/bin/jest.js');
const run = spawnSync(
  process.execPath,
  [jest, '--selectProjects', 'examples', '--testPathPatterns', 'tests/examples/simulated-day'],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, CPEMON_SIMULATED_DAY: JSON.stringify(options) } },
);
process.exit(run.status ?? 1);
