import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkModelFile, ModelFileError, type ModelFile } from '@cpemon/device-models';
import { readModelText } from './model-text.js';

/** A folder with an operator's own files of mappings, as it was found. */
export interface ModelFolder {
  /** In the order of their names. */
  files: { name: string; text: string }[];
  /** SHA-256 of all names and texts, hex: equal where the files are. */
  hash: string;
}

const MODEL_FILE = /\.(?:ya?ml|json)$/i;
/** A vendor's whole data model as `known` paths takes 300 KiB. */
export const LARGEST_MODEL_FILE_BYTES = 1024 * 1024;
/** More vendors than any operator has; what holds more is another folder. */
export const MOST_MODEL_FILES = 200;

/** @throws Error with a sentence for the operator when the folder cannot be read */
export async function readModelFolder(folder: string): Promise<ModelFolder> {
  try {
    const names = (await readdir(folder)).filter((name) => MODEL_FILE.test(name)).sort();
    if (names.length > MOST_MODEL_FILES) throw new Error(`it has more than ${MOST_MODEL_FILES} files`);
    const files: ModelFolder['files'] = [];
    for (const name of names) {
      const bytes = await readFile(join(folder, name));
      if (bytes.length > LARGEST_MODEL_FILE_BYTES)
        throw new Error(`${name} has more than ${LARGEST_MODEL_FILE_BYTES} bytes`);
      files.push({ name, text: bytes.toString('utf8') });
    }
    return { files, hash: hash('sha256', JSON.stringify(files.map(({ name, text }) => [name, text]))) };
  } catch (cause) {
    throw new Error(`DEVICE_MODELS_DIR cannot be used: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Checks all files of a folder.
 * @throws Error with every mistake of every file, each with its line
 */
export function checkModelFolder({ files }: ModelFolder): ModelFile[] {
  const problems: string[] = [];
  const checked: ModelFile[] = [];
  for (const { name, text } of files) {
    try {
      const { value, lineOf } = readModelText(text);
      checked.push(checkModelFile(value, lineOf));
    } catch (error) {
      const found = error instanceof ModelFileError ? error.problems : [(error as Error).message];
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new Error(`Device models cannot be used: ${problems.join('; ')}`);
  return checked;
}
