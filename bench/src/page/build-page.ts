import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from '../stack/repository.js';

/** Makes the files of the live page, which cpemon-api serves. */
export function buildPage(): void {
  const { status } = spawnSync(process.execPath, [join(REPOSITORY, 'packages/live-page/build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the live page could not be built');
}
