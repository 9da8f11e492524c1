import { resolve } from 'node:path';

export const REPOSITORY = resolve(__dirname, '../..');

/** A module of this repository by its source, without the ending. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- which one it is, the list of metrics says
export const loadSource = <T>(file: string): T => require(`${REPOSITORY}/${file}.ts`) as T;
