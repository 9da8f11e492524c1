import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem } from './api.js';
import { sessionVersion } from './session.js';

/** What was asked for, and how it went. */
export interface Answered<T> {
  /** The newest answer; it stays while a newer one is asked for, and when that fails. */
  answer: T | null;
  /** Why there is no newer one. */
  problem: unknown;
  isAsking: boolean;
  /** Epoch ms of the browser: when the answer came. */
  receivedAt: number | null;
  reload: () => void;
}

/**
 * Asks when it is first shown, when `key` changes, and every `everyMs`.
 * @param key what is asked for: another key forgets the answer; null asks for nothing
 */
export function useAnswer<T>(
  key: string | null,
  ask: () => Promise<T>,
  { everyMs = null }: { everyMs?: number | null } = {},
): Answered<T> {
  const [state, setState] = useState<Omit<Answered<T>, 'reload'> & { key: string | null }>({
    ...{ key, answer: null, problem: null, isAsking: key !== null, receivedAt: null },
  });
  const newest = useRef({ ask, run: 0 });
  newest.current.ask = ask;
  const version = sessionVersion.value;

  const reload = useCallback((): void => {
    if (key === null) return;
    const run = (newest.current.run += 1);
    const isWanted = (): boolean => run === newest.current.run;
    setState((before) => ({ ...(before.key === key ? before : empty(key)), isAsking: true }));
    newest.current.ask().then(
      (answer) => {
        if (isWanted()) setState({ key, answer, problem: null, isAsking: false, receivedAt: Date.now() });
      },
      (problem: unknown) => {
        if (!isWanted()) return;
        setState((before) => ({ ...before, problem, isAsking: false }));
        // Such as a directory that is still being read.
        const waitSeconds = problem instanceof ApiProblem ? problem.retryAfterSeconds : null;
        if (waitSeconds !== null) setTimeout(() => isWanted() && reload(), waitSeconds * 1000);
      },
    );
  }, [key, version]);

  useEffect(() => {
    reload();
    const timer = everyMs === null || key === null ? undefined : setInterval(reload, everyMs);
    return () => {
      clearInterval(timer);
      newest.current.run += 1;
    };
  }, [reload, everyMs]);

  const shown = state.key === key ? state : empty<T>(key);
  return { ...shown, reload };
}

const empty = <T>(key: string | null): Omit<Answered<T>, 'reload'> & { key: string | null } => ({
  ...{ key, answer: null as T | null, problem: null, isAsking: key !== null, receivedAt: null },
});

/** Asks anew when a version rises, such as one that the stream keeps; what comes at once is asked for once. */
export function useReloadOn(version: number, reload: () => void, gatherMs = 0): void {
  const seen = useRef(version);
  useEffect(() => {
    if (seen.current === version) return undefined;
    seen.current = version;
    const timer = setTimeout(reload, gatherMs);
    return () => clearTimeout(timer);
  }, [version, reload, gatherMs]);
}
