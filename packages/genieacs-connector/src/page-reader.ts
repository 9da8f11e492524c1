import { AnswerTooLargeError, type NbiClient, type NbiDocument, type NbiQuery } from './nbi-client.js';
import type { Patience } from './patience.js';

export interface Page {
  documents: NbiDocument[];
  isLast: boolean;
  /** How many matched without the limit, where the NBI says it. */
  total: number | undefined;
}

/** Reads a page, however often it takes. */
export type ReadPage = (query: Omit<NbiQuery, 'limit'>) => Promise<Page>;

export interface PageReaderOptions {
  nbi: NbiClient;
  patience: Patience;
  pageSize: number;
  tell: (line: string) => void;
  signal: AbortSignal;
}

/** Pages that are too large are asked for again in half the size, and so from then on. */
export function createPageReader({ nbi, patience, pageSize, tell, signal }: PageReaderOptions): ReadPage {
  let limit = pageSize;
  return async (query) => {
    for (;;) {
      try {
        const { documents, total } = await patience.until(() => nbi({ ...query, limit }, signal));
        return { documents, isLast: documents.length < limit, total };
      } catch (error) {
        if (!(error instanceof AnswerTooLargeError) || limit === 1) throw error;
        limit = Math.ceil(limit / 2);
        tell(`${error.message}: from now on ${limit} a page`);
      }
    }
  };
}
