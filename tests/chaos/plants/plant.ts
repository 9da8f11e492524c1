import type { LoadMix } from '../load/load.js';

/** A change of one file of the build. */
export interface PlantEdit {
  /** Below the repository: compiled JavaScript in a dist folder, or a migration in sql/. */
  file: string;
  /** Must stand in the file exactly once. */
  find: string;
  replace: string;
}

/** How the bug is provoked quickly. */
export interface PlantRun {
  minutes: number;
  seed: number;
  rate: number;
  faults: readonly string[];
  faultEveryMs: number;
  mix?: Partial<LoadMix>;
  /** Further environment of the services. */
  environment?: Readonly<Record<string, string>>;
}

/** A known bug, put into a copy of the build; the product has no switch for it. */
export interface Plant {
  name: string;
  /** What the bug is, in one sentence. */
  about: string;
  edits: readonly PlantEdit[];
  run: PlantRun;
}
