import { grown } from './device-columns.js';

/** A firmware that names things differently. */
export interface Renaming {
  productClass?: string;
  /** Beginnings of paths and what stands there instead. */
  paths?: Readonly<Record<string, string>>;
}

/** The firmware that scenarios put on devices. */
export interface GivenFirmware {
  versionOf(index: number): string | undefined;
  /** Gives devices a firmware, or their own again (undefined). */
  setVersion(indexes: Iterable<number>, version: string | undefined): void;
  renamingOf(index: number): Renaming | undefined;
  rename(indexes: Iterable<number>, renaming: Renaming | undefined): void;
  resize(devices: number): void;
}

const OWN_VERSION = 0;
/** Told apart by a byte a device. */
const MOST_VERSIONS = 255;

export function createGivenFirmware(): GivenFirmware {
  const versions: (string | undefined)[] = [undefined];
  const renamings = new Map<number, Renaming>();
  let version = new Uint8Array(0);
  return {
    versionOf: (index) => versions[version[index]!],
    setVersion(indexes, wanted) {
      let number = wanted === undefined ? OWN_VERSION : versions.indexOf(wanted);
      if (number < 0) {
        if (versions.length > MOST_VERSIONS) throw new Error(`more than ${MOST_VERSIONS} versions at once`);
        number = versions.push(wanted) - 1;
      }
      for (const index of indexes) version[index] = number;
    },
    renamingOf: (index) => renamings.get(index),
    rename(indexes, renaming) {
      for (const index of indexes) {
        if (renaming === undefined) renamings.delete(index);
        else renamings.set(index, renaming);
      }
    },
    resize: (devices) => void (version = grown(version, devices)),
  };
}
