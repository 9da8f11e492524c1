import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Who = 'database' | 'services';

/** Sets the clocks of processes that run with libfaketime; their monotonic clocks go on as they are. */
export interface ClockSwitch {
  /** Steps the clock of a kind of process by so many seconds; 0 sets it right. Takes effect within a second. */
  set(who: Who, seconds: number): void;
  /** What such a process must be started with. */
  environment(who: Who): Record<string, string>;
}

const LIBRARY = 'faketime/libfaketimeMT.so.1';

/** @param given path of the library; else it is looked for where Debian and others put it */
export function findClockLibrary(given: string | undefined): string | undefined {
  if (given !== undefined) return existsSync(given) ? given : undefined;
  const folders = ['/usr/lib', '/usr/lib64', '/usr/local/lib'].flatMap((folder) => [
    folder,
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ]);
  return folders.map((folder) => join(folder, LIBRARY)).find((path) => existsSync(path));
}

/** @param folder for the files that say how far each clock is off */
export function makeClockSwitch(library: string, folder: string): ClockSwitch {
  const fileOf = (who: Who): string => join(folder, `clock-of-${who}`);
  const set = (who: Who, seconds: number): void => {
    const unfinished = `${fileOf(who)}.new`;
    writeFileSync(unfinished, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(unfinished, fileOf(who));
  };
  set('database', 0);
  set('services', 0);
  return {
    set,
    environment: (who) => ({
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: fileOf(who),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    }),
  };
}
