import { FileError, lineOf, readJsonFile } from '../json-file.js';
import { BUILT_IN_MODELS } from './built-in-models.js';
import { ModelFileError, readModelFile, type VendorModel } from './model-file.js';

/**
 * The built-in models, and those of the user's files: a file with the name of a built-in model takes its place.
 * @throws FileError
 */
export function loadModels(files: readonly string[]): readonly VendorModel[] {
  const models = new Map(BUILT_IN_MODELS.map((model) => [model.name, model]));
  for (const file of files) {
    const content = readJsonFile(file);
    try {
      const model = readModelFile(content);
      models.set(model.name, model);
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
      const wrong = /'([^']+)' is no/.exec(error.message)?.[1] ?? /^\w+/.exec(error.message)?.[0] ?? '';
      throw new FileError(`${file}, line ${lineOf(file, `"${wrong}"`) ?? 1}: ${error.message}`, {
        cause: error,
      });
    }
  }
  return [...models.values()];
}
