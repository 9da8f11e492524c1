import type { Connection } from '@cpemon/database';

/** Runs statements that change nothing, outside any transaction, and gives up when the database does not answer. */
export type ReadDatabase = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;
