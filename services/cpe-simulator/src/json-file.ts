import { readFileSync } from 'node:fs';

/** A file of the user's that cannot be used: which, where in it, and why. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** @throws FileError with the line at which the text stops being JSON */
export function readJsonFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new FileError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = lineAt(text, position === undefined ? text.length : Number(position));
    throw new FileError(`${file}, line ${line}: ${message}`, { cause: error });
  }
}

/** The line on which `needle` stands first, for messages about a value of a file that is JSON; from 1. */
export function lineOf(file: string, needle: string): number | undefined {
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf(needle);
  return at < 0 ? undefined : lineAt(text, at);
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;
