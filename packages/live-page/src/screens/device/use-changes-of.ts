import { useEffect, useRef, useState } from 'preact/hooks';
import { lostVersion, onChanges } from '../../data/live.js';

/** Changes come in batches, and what is asked at the first one has them all. */
const PAUSE_MS = 300;

/**
 * Rises whenever the stream tells something of a device, a moment after it.
 * @param reload called then
 */
export function useChangesOf(deviceId: number | null, reload: () => void): number {
  const [version, setVersion] = useState(0);
  const newest = useRef(reload);
  newest.current = reload;
  const lost = lostVersion.value;

  useEffect(() => {
    if (deviceId === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        newest.current();
        setVersion((before) => before + 1);
      }, PAUSE_MS);
    };
    const stop = onChanges((changes) => {
      if (changes.some(({ device_id: id }) => id === deviceId)) tell();
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [deviceId, lost]);
  return version;
}

/** Asks anew when something has happened. @param version of `useChangesOf` */
export function useReloadOn(version: number, reload: () => void): void {
  useEffect(() => {
    if (version > 0) reload();
  }, [version]);
}
