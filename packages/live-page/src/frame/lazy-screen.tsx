import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A screen whose script comes when it is wanted, or when there is nothing else to do. */
export interface LazyScreen<Props> {
  Screen: ComponentType<Props>;
  /** Loads it now; harmless when it is there. */
  load: () => Promise<ComponentType<Props>>;
}

export function lazyScreen<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyScreen<Props> {
  let found: ComponentType<Props> | undefined;
  const loadOnce = async (): Promise<ComponentType<Props>> => (found ??= await load());

  function Screen(props: Props) {
    const [Loaded, setLoaded] = useState(() => found);
    const [isMissing, setMissing] = useState(false);
    useEffect(() => {
      loadOnce().then(
        (screen) => setLoaded(() => screen),
        () => setMissing(true),
      );
    }, []);
    if (Loaded !== undefined) return <Loaded {...props} />;
    if (!isMissing) return <p class="note">Loading …</p>;
    return (
      <p class="note note-bad" role="alert">
        This screen cannot be loaded: the API cannot be reached, or has a newer version of the page.{' '}
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    );
  }

  return { Screen, load: loadOnce };
}
