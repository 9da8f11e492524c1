import {
  BUILT_IN_MODELS,
  BUILT_IN_MODEL_FILES,
  createDeviceModels,
  putModelsInForce,
  type ModelsInForce,
} from '@cpemon/device-models';
import type { Logger } from '@cpemon/service-kit';
import { checkModelFolder, readModelFolder, type ModelFolder } from './model-folder.js';

/** What is in force of a folder. */
export interface ModelsLoaded {
  files: number;
  hash: string;
}

export interface FollowModelsOptions {
  folder: string;
  unknownValues: ModelsInForce['unknownValues'];
  logger: Pick<Logger, 'warn' | 'info'>;
  /** For the metrics. */
  loaded: (models: ModelsLoaded) => void;
  /** After every look: whether the folder as it is could be used. */
  looked: (isGood: boolean) => void;
  /** A changed folder was refused: once for each change. */
  refused: () => void;
  /** Goes on with the built-in files where the folder cannot be used at the start, until it can. */
  startsAnyway?: boolean;
  everyMs?: number;
}

export interface FollowedModels {
  /** Looks now, and not only when it is time. */
  look(): Promise<void>;
  stop(): void;
}

/** What is read twice in a row is whole: a file that is being written changes in between. */
const LOOK_EVERY_MS = 5000;

/**
 * Puts an operator's files in force, which outrank the built-in ones, and follows them: what is new counts from the second look
 * that finds the same. A folder with one mistake in it is refused whole, and the files read before stay in force.
 * @throws Error with a sentence for the operator when the folder cannot be used at the start
 */
export async function followModels(options: FollowModelsOptions): Promise<FollowedModels> {
  const { folder, unknownValues, logger, everyMs = LOOK_EVERY_MS } = options;
  const put = (found: ModelFolder): void => {
    const models = createDeviceModels([...BUILT_IN_MODEL_FILES, ...checkModelFolder(found)]);
    putModelsInForce({ models, unknownValues });
    const loaded = { files: found.files.length, hash: found.hash };
    options.loaded(loaded);
    logger.info(loaded, "Device models of the operator's folder are in force");
  };
  let inForce = '';
  let before = '';
  let problem: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const refuse = (error: unknown): void => {
    const { message } = error as Error;
    options.looked(false);
    if (message === problem) return;
    problem = message;
    options.refused();
    const kept = inForce === '' ? 'the built-in ones are' : 'the device models read before stay';
    logger.warn({ folder }, `${message}; ${kept} in force`);
  };
  try {
    const first = await readModelFolder(folder);
    put(first);
    inForce = before = first.hash;
    options.looked(true);
  } catch (error) {
    if (options.startsAnyway !== true) throw error;
    putModelsInForce({ models: BUILT_IN_MODELS, unknownValues });
    refuse(error);
  }

  const look = async (): Promise<void> => {
    try {
      const found = await readModelFolder(folder);
      const isWhole = found.hash === before;
      before = found.hash;
      if (!isWhole) return;
      if (found.hash !== inForce) put(found);
      inForce = found.hash;
      problem = undefined;
      options.looked(true);
    } catch (error) {
      refuse(error);
    }
  };
  const plan = (): void => {
    if (stopped) return;
    timer = setTimeout(() => void look().then(plan), everyMs).unref();
  };
  plan();
  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
