import { useEffect } from 'preact/hooks';
import { alertsVersion } from '../../data/live.js';
import { useAnswer, type Answered } from '../../data/use-answer.js';

/** What no event of the stream tells (a silence that ends, a receiver that fails) is seen after so long. */
export const ALERT_REFRESH_MS = 20_000;

/** An answer about alerts, asked for anew when the stream says that some have opened or closed. */
export function useAlertAnswer<T>(key: string, ask: () => Promise<unknown>): Answered<T> {
  const asked = useAnswer<T>(key, ask as () => Promise<T>, { everyMs: ALERT_REFRESH_MS });
  const version = alertsVersion.value;
  useEffect(() => {
    if (version > 0) asked.reload();
  }, [version]);
  return asked;
}
