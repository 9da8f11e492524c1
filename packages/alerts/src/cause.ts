/** What an alert is known to come from; what nobody has told is `unknown`. */
export const CAUSES = [
  'power',
  'line',
  'session',
  'source_silent',
  'model_quiet',
  'condition',
  'unknown',
] as const;
export type Cause = (typeof CAUSES)[number];

/** A fact about a device by somebody else. */
export interface Evidence {
  deviceId: number;
  observer: string;
  observed: string;
  /** Epoch ms. */
  at: number;
}

/** How many of the devices asked about have an observation of a kind. */
export interface EvidenceCount {
  observed: string;
  observer: string;
  devices: number;
  of: number;
}

/** Observations that name a cause, in the order in which they count: a box without power has no light either. */
const NAMED: readonly [cause: Cause, observed: RegExp][] = [
  ['power', /^dying_?gasp$/i],
  ['line', /^(?:los|losi|lobi|loss_of_signal|signal_lost|link_down)$/i],
  ['session', /^(?:session_stop|stop|accounting_stop|session_down)$/i],
];

/** Of the devices asked about so many must have an observation for it to be the cause of all: not every box gasps. */
const NAMES_THE_CAUSE = 0.3;

/**
 * The cause that observations name. @param asked devices that were asked about
 * @returns `unknown` where they name none
 */
export function causeOf(
  evidence: readonly Evidence[],
  asked: number,
): { cause: Cause; counts: EvidenceCount[] } {
  const devices = new Map<string, { count: EvidenceCount; seen: Set<number> }>();
  for (const { deviceId, observer, observed } of evidence) {
    const key = `${observer} ${observed}`;
    let known = devices.get(key);
    if (known === undefined) {
      known = { count: { observed, observer, devices: 0, of: asked }, seen: new Set() };
      devices.set(key, known);
    }
    known.seen.add(deviceId);
  }
  const counts = [...devices.values()]
    .map(({ count, seen }) => ({ ...count, devices: seen.size }))
    .sort((one, other) => other.devices - one.devices);
  const enough = counts.filter((count) => count.devices >= Math.max(1, asked * NAMES_THE_CAUSE));
  const named = NAMED.find(([, pattern]) => enough.some(({ observed }) => pattern.test(observed)));
  return { cause: named?.[0] ?? 'unknown', counts };
}
