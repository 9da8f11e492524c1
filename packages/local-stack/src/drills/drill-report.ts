/** A thing that a drill has found out. */
export interface DrillCheck {
  what: string;
  found: string;
  good: boolean;
}

/** Collects what a drill does and finds, and tells it as it comes. */
export interface DrillReport {
  /** Does a step and notes how long it took. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A figure that is neither good nor bad. */
  note(what: string, found: string): void;
  /** Of the step or check before it. */
  detail(text: string): void;
  check(what: string, good: boolean, found: string): void;
  checks(): readonly DrillCheck[];
  good(): boolean;
}

const NAME_WIDTH = 58;

export function createDrillReport(say: (line: string) => void): DrillReport {
  const checks: DrillCheck[] = [];
  const line = (mark: string, what: string, found: string): void =>
    say(`${mark.padEnd(4)} ${what.padEnd(NAME_WIDTH)} ${found}`);
  return {
    async step(name, work) {
      const since = performance.now();
      const result = await work();
      line('', name, `${((performance.now() - since) / 1000).toFixed(1)} s`);
      return result;
    },
    note: (what, found) => line('', what, found),
    detail: (text) => say(`       ${text}`),
    check(what, good, found) {
      checks.push({ what, found, good });
      line(good ? 'ok' : 'BAD', what, found);
    },
    checks: () => checks,
    good: () => checks.every(({ good }) => good),
  };
}
