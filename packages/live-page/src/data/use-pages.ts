import { useEffect, useState } from 'preact/hooks';
import { problemWords } from './api.js';
import { useAnswer, type Answered } from './use-answer.js';

/** An answer of a list. */
export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface Pages<Item> {
  asked: Answered<Page<Item>>;
  items: Item[];
  /** Asks for the next page; null when there is none. */
  more: (() => void) | null;
  /** Why the next page did not come. */
  problem: string | null;
}

/**
 * A list of which further pages are asked for one by one. As long as there is only the first it is asked for again and
 * again; whoever reads further keeps what is there until `reload`, which begins with the first page anew.
 * @param version asks anew when it changes
 */
export function usePages<Item>(
  key: string,
  ask: (cursor?: string) => Promise<unknown>,
  { everyMs, version = 0 }: { everyMs: number; version?: number },
): Pages<Item> {
  const [later, setLater] = useState<{ key: string; items: Item[]; next: string | null }>();
  const [problem, setProblem] = useState<string | null>(null);
  const own = later?.key === key ? later : undefined;
  const asked = useAnswer<Page<Item>>(key, ask as () => Promise<Page<Item>>, {
    everyMs: own === undefined ? everyMs : null,
  });

  useEffect(() => {
    if (version > 0 && own === undefined) asked.reload();
  }, [version]);
  useEffect(() => {
    setLater(undefined);
    setProblem(null);
  }, [key, asked.receivedAt]);

  const more = async (cursor: string): Promise<void> => {
    setProblem(null);
    try {
      const page = (await ask(cursor)) as Page<Item>;
      setLater((before) => ({
        ...{ key, next: page.next_cursor },
        items: [...(before?.key === key ? before.items : []), ...page.items],
      }));
    } catch (error) {
      setProblem(problemWords(error));
    }
  };
  const next = own === undefined ? (asked.answer?.next_cursor ?? null) : own.next;
  return {
    ...{ asked, problem },
    items: [...(asked.answer?.items ?? []), ...(own?.items ?? [])],
    more: next === null ? null : () => void more(next),
  };
}
