import type { Pages } from '../data/use-pages.js';

/** Asks for the next page of a list, and says why it did not come. */
export function MoreButton<Item>({ of: { more, problem } }: { of: Pages<Item> }) {
  return (
    <>
      {problem !== null && (
        <p class="note note-bad" role="alert">
          {problem}
        </p>
      )}
      {more !== null && (
        <button type="button" onClick={more}>
          More
        </button>
      )}
    </>
  );
}
