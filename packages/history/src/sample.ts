/** One reading of some metrics of a device. */
export interface Sample {
  /** The device's own time where it can be believed, else when it was received; epoch ms. */
  at: number;
  /** The path it came in by ("/heartbeat"), and the profile of that where it has several; else empty. */
  source: string;
  profile: string;
  /** Finite numbers by name, at least one. */
  metrics: Readonly<Record<string, number>>;
}

/**
 * The samples of one device, each once: two of one source, profile and time are one, with the metrics of both, and the
 * later one's value where both name one. In the order of source, profile and time.
 * @param samples in the order in which they were applied
 */
export function uniqueSamples(samples: readonly Sample[]): Sample[] {
  const ordered = samples.map((sample, place) => ({ sample, place }));
  ordered.sort((a, b) => compareSamples(a.sample, b.sample) || a.place - b.place);
  const unique: Sample[] = [];
  for (const { sample } of ordered) {
    const last = unique.at(-1);
    if (last === undefined || compareSamples(last, sample) !== 0) unique.push(sample);
    else unique[unique.length - 1] = { ...last, metrics: { ...last.metrics, ...sample.metrics } };
  }
  return unique;
}

export function compareSamples(one: Sample, other: Sample): number {
  return (
    compareText(one.source, other.source) || compareText(one.profile, other.profile) || one.at - other.at
  );
}

/** By code units, as every process must sort alike. */
const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
