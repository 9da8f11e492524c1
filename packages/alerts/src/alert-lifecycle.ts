export type AlertState = 'pending' | 'firing' | 'resolved';

/** Where an alert stands. Times are epoch ms. */
export interface AlertProgress {
  state: AlertState;
  /** When what it is of began, however late that was seen. */
  startedAt: number;
  /** Since when it holds no longer; null while it does. */
  clearSince: number | null;
  firedAt: number | null;
  endedAt: number | null;
  resolvedAt: number | null;
}

/** How long a condition must hold, and how long it must be gone. */
export interface Tolerance {
  forMs: number;
  recoveryMs: number;
}

/**
 * What becomes of an open alert at `at`. One that is still pending when its condition goes has never been: null.
 * @param goneSince since when the condition holds no longer; null: it holds
 */
export function advanceAlert<Alert extends AlertProgress>(
  alert: Alert,
  goneSince: number | null,
  at: number,
  { forMs, recoveryMs }: Tolerance,
): Alert | null {
  if (alert.state === 'resolved') return alert;
  if (alert.state === 'pending') {
    if (goneSince !== null) return null;
    return at - alert.startedAt >= forMs ? { ...alert, state: 'firing', firedAt: at } : alert;
  }
  if (goneSince === null) return alert.clearSince === null ? alert : { ...alert, clearSince: null };
  const clearSince = alert.clearSince ?? Math.max(goneSince, alert.startedAt);
  if (at - clearSince >= recoveryMs)
    return { ...alert, state: 'resolved', clearSince, endedAt: clearSince, resolvedAt: at };
  return alert.clearSince === clearSince ? alert : { ...alert, clearSince };
}
