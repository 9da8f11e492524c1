/** How a device was, over the time that a chart shows. */

export interface StatusBand {
  /** Epoch ms. */
  from: number;
  until: number;
  /** Null: not known from what is at hand. */
  state: string | null;
}

/** A change of one axis, as a row of the timeline tells it. */
export interface AxisChange {
  /** Epoch ms. */
  at: number;
  from: string;
  to: string;
}

/** One axis now. `since` is null when it never was another. */
export interface AxisNow {
  state: string;
  /** Epoch ms. */
  since: number | null;
}

/**
 * Bands of an axis, from the first moment shown to the last.
 * @param changes in any order
 * @param known.areAll whether there are no changes in the span but these
 * @param known.firstAt when the device was heard for the first time, epoch ms
 */
export function statusBands(
  changes: readonly AxisChange[],
  now: AxisNow,
  {
    span,
    areAll,
    firstAt = -Infinity,
  }: { span: { from: number; to: number }; areAll: boolean; firstAt?: number },
): StatusBand[] {
  const known = [...changes].sort((one, other) => one.at - other.at);
  const bands: StatusBand[] = [];
  let until = span.to;
  const add = (from: number, state: string | null): void => {
    const begins = Math.max(from, state === null ? span.from : Math.max(span.from, firstAt));
    if (begins < until) bands.unshift({ from: begins, until, state });
    until = Math.min(until, begins);
  };
  // What is computed when somebody asks (a source that is silent) has no row of its own.
  const since = now.since ?? -Infinity;
  const newest = known.at(-1);
  if (newest === undefined || newest.to !== now.state || since > newest.at) add(since, now.state);
  let state: string | null = now.state;
  for (const change of known.reverse()) {
    add(change.at, change.to);
    state = change.from;
  }
  if (until > span.from && areAll && known.length > 0) add(span.from, state);
  if (until > span.from) add(span.from, null);
  return bands;
}

/** Changes of an axis among rows of a timeline. @param kind `reachability` or `health` */
export function axisChanges(
  items: readonly { type: string; at: string; data: unknown }[],
  kind: string,
): AxisChange[] {
  return items.flatMap(({ type, at, data }) => {
    const { from, to } = (data ?? {}) as Partial<Record<'from' | 'to', unknown>>;
    return type === kind && typeof from === 'string' && typeof to === 'string'
      ? [{ at: Date.parse(at), from, to }]
      : [];
  });
}

/** Both axes in one: how it was reachable, and while it was, how well it was. Null: nothing was wrong, or it is not known. */
export function troubleBands(
  reachability: readonly StatusBand[],
  health: readonly StatusBand[],
): StatusBand[] {
  const edges = [...new Set([...reachability, ...health].flatMap(({ from, until }) => [from, until]))];
  edges.sort((one, other) => one - other);
  const stateAt = (bands: readonly StatusBand[], at: number): string | null =>
    bands.find(({ from, until }) => from <= at && at < until)?.state ?? null;
  const bands: StatusBand[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const reached = stateAt(reachability, from);
    const unwell = stateAt(health, from);
    const isUnwell = unwell === 'degraded' || unwell === 'critical';
    const state = reached !== null && reached !== 'online' ? reached : isUnwell ? unwell : null;
    const until = edges[index + 1]!;
    const last = bands.at(-1);
    if (last !== undefined && last.state === state) last.until = until;
    else bands.push({ from, until, state });
  }
  return bands.filter(({ state }) => state !== null);
}
