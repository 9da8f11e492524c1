import { join } from 'node:path';

/** The repository's root, seen from tests/chaos/dist/chaos/stack. */
export const REPOSITORY = join(__dirname, '../../../../..');
