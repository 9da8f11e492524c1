import { last, type Demo, type Story } from './demo.js';
import type { Place } from './place.js';
import type { Books, Reading } from './reading.js';

export interface DemoResult {
  story: Story;
  /** Each expectation, and whether it held. */
  checks: { says: string; holds: boolean }[];
  /** Whether all held and the books agree. */
  agree: boolean;
}

export interface DemoRun {
  demo: Demo;
  place: Place;
  /** How long things are watched before the trouble, seconds. */
  calmSeconds: number;
  /** The trouble's own length where it is another, seconds. */
  troubleSeconds?: number;
  /** How long getting well may take, seconds. */
  patienceSeconds: number;
  signal: AbortSignal;
  say: (line: string) => void;
  /** Called at each reading, with the phase it is in. */
  seen: (reading: Reading, phase: keyof Story) => void;
  /** Monotonic milliseconds. */
  clock?: () => number;
  /** Resolves after so long, or when the run is given up. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const LOOK_EVERY_MS = 1000;
/** After it is well, so that what comes late is seen. */
const CALM_AFTER_SECONDS = 5;

/**
 * Plays a demo to its end: calm, trouble, and until all is well again; then compares what the senders were told with
 * what was applied.
 * @throws Error when something the demo does fails, or when it is given up; whatever it began is ended first
 */
export async function runDemo(run: DemoRun): Promise<DemoResult> {
  const { demo, place, say, signal } = run;
  const { clock = () => performance.now(), pause = pauseOrAbort } = run;
  const startedAt = clock();
  const atSeconds = (): number => (clock() - startedAt) / 1000;
  const story: Story = { before: [], during: [], after: [] };
  let known: Reading | undefined;

  const look = async (phase: keyof Story): Promise<Reading> => {
    signal.throwIfAborted();
    await pause(LOOK_EVERY_MS, signal);
    const read = await place.read().catch(() => undefined);
    const reading: Reading =
      read === undefined
        ? { ...(known ?? NOTHING_READ), atSeconds: atSeconds(), answered: false }
        : { ...read, atSeconds: atSeconds(), answered: true };
    if (read !== undefined) known = reading;
    story[phase].push(reading);
    run.seen(reading, phase);
    return reading;
  };
  const watch = async (phase: keyof Story, seconds: number): Promise<void> => {
    for (const until = atSeconds() + seconds; atSeconds() < until;) await look(phase);
  };

  const opening = await place.books();
  await watch('before', run.calmSeconds);
  const before = last(story.before);
  let begun = false;
  try {
    begun = true;
    say(await demo.begin(place));
    await watch('during', run.troubleSeconds ?? demo.troubleSeconds);
    begun = false;
    if (demo.end !== undefined) say(await demo.end(place));
  } finally {
    if (begun && demo.end !== undefined) await demo.end(place).catch(() => undefined);
  }
  const deadline = atSeconds() + run.patienceSeconds;
  for (;;) {
    if (demo.isOver(await look('after'), before)) break;
    if (atSeconds() > deadline) break;
  }
  const isOver = demo.isOver(last(story.after), before);
  await watch('after', CALM_AFTER_SECONDS);

  const checks = [
    { says: 'all was well again in time', holds: isOver },
    ...demo.expectations.map(({ says, holds }) => ({ says, holds: holds(story) })),
    ...(await compareBooks(place, opening, pause, signal)),
  ];
  return { story, checks, agree: checks.every(({ holds }) => holds) };
}

/** Holds the senders still, waits until all is applied, and compares sums; then the long comparison where there is one. */
async function compareBooks(
  place: Place,
  opening: Books,
  pause: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<DemoResult['checks']> {
  await place.pause(true);
  try {
    let closing = await place.books();
    for (let look = 0; look < 60 && closing.accepted !== closing.applied + closing.setAside; look += 1) {
      await pause(LOOK_EVERY_MS, signal);
      closing = await place.books();
    }
    const of = (name: keyof Books): number => closing[name] - opening[name];
    const verified = await place.verify?.();
    const { accepted, applied, setAside } = closing;
    return [
      {
        says: `all ${accepted} accepted events are accounted for: ${applied} applied, ${setAside} set aside`,
        holds: accepted === applied + setAside,
      },
      {
        says: `the senders had ${of('acknowledged')} acknowledged, and the log took no fewer (${of('accepted')})`,
        holds: of('accepted') >= of('acknowledged'),
      },
      ...(verified === undefined
        ? []
        : [
            {
              says: `verify, device by device: ${verified.words.replaceAll('\n', '; ')}`,
              holds: verified.agree,
            },
          ]),
    ];
  } finally {
    await place.pause(false).catch(() => undefined);
  }
}

const NOTHING_READ: Omit<Reading, 'atSeconds' | 'answered'> = {
  ...{ lagEvents: 0, oldestSeconds: 0, etaSeconds: null, acceptRate: null, drainRate: null },
  ...{ online: 0, degraded: 0, stale: 0, offline: 0, unknown: 0, parkedDevices: 0 },
};

const pauseOrAbort = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    signal.addEventListener('abort', aborted, { once: true });
  });
