import { ConfigError, runService } from '@cpemon/service-kit';
import { readConfig } from './config.js';
import { FileError } from './json-file.js';
import { startSimulator } from './simulator.js';
import { PublicAddressError } from './target-address.js';
import { USAGE } from './usage.js';

/** EX_USAGE of sysexits.h. */
const WRONG_USAGE = 64;

const [argument] = process.argv.slice(2);
if (argument === '--help' || argument === '-h') {
  process.stdout.write(USAGE);
} else if (argument !== undefined) {
  process.stderr.write(`cpe-simulator takes no argument ${argument}: settings are variables, see --help\n`);
  process.exitCode = WRONG_USAGE;
} else {
  runService('cpe-simulator', async ({ logger }) => {
    try {
      return await startSimulator(readConfig(), logger);
    } catch (error) {
      throw error instanceof PublicAddressError || error instanceof FileError
        ? new ConfigError([error.message])
        : error;
    }
  });
}
