import { join } from 'node:path';

/** The repository's root, seen from bench/dist/stack. */
export const REPOSITORY = join(__dirname, '..', '..', '..');
