import { readEnvelope } from '@cpemon/cwmp';
import { startAppUnderTest, type AppUnderTest } from './app-under-test';
import { pollution, wrongInAnswer, wrongInEvent } from './check-answer';
import { makeInput, type FuzzInput } from './fuzz-input';
import { createHeapWatch, type HeapWatch } from './heap-watch';
import { createWireClient, type WireClient } from './wire-client';

/** No input may keep the process for longer. */
export const HANG_MS = 100;
/** Enough to keep the process busy; more would only wait for each other. */
const CONNECTIONS = 8;
/** Further ones would say the same. */
const VIOLATIONS = 20;
/** Of those that took long while others were at it, so many are tried again alone. */
const SUSPECTS = 200;
const REPORT_EVERY_MS = 10_000;

export interface FuzzOptions {
  seed: number;
  /** It ends with the first of the two. */
  inputs: number;
  durationMs: number;
  say(line: string): void;
}

/** An input that did what none may. */
export interface Violation {
  index: number;
  input: FuzzInput;
  wrong: string[];
}

export interface Slowest {
  ms: number;
  index: number;
}

export interface FuzzResult {
  inputs: number;
  seconds: number;
  /** Of the parser alone. */
  slowestParse: Slowest;
  /** From request to answer; an input that took long by itself is a violation. */
  slowestAnswer: Slowest;
  heap: HeapWatch;
  /** How many got each answer, by "path status code". */
  answers: ReadonlyMap<string, number>;
  violations: Violation[];
}

/** Sends made-up inputs to acs-ingest, and each XML body to the parser as well, and judges what comes back. */
export async function fuzzRun(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, inputs, durationMs, say } = options;
  const app = await startAppUnderTest();
  const heap = createHeapWatch(inputs);
  const answers = new Map<string, number>();
  const violations: Violation[] = [];
  const suspects: number[] = [];
  const slowestParse: Slowest = { ms: 0, index: -1 };
  const slowestAnswer: Slowest = { ms: 0, index: -1 };
  /** Those on their way: one of them did it when the process is about to end. */
  const inHand = new Map<number, FuzzInput>();
  const onCrash = (error: Error): void => {
    for (const [index, input] of inHand)
      violations.push({ index, input, wrong: [`uncaught: ${error.message}`] });
  };
  process.on('uncaughtException', onCrash);
  const startedAt = performance.now();
  let next = 0;
  let reportedAt = startedAt;

  const secondsSoFar = (): number => (performance.now() - startedAt) / 1000;
  const over = (): boolean =>
    next >= inputs || secondsSoFar() * 1000 >= durationMs || violations.length >= VIOLATIONS;

  const work = async (client: WireClient): Promise<void> => {
    let cookie: string | undefined;
    while (!over()) {
      const index = next;
      next += 1;
      heap.look(index, (secondsSoFar() * 1000) / durationMs);
      const input = makeInput(seed, index);
      // Two of three CPEs go on with their session.
      if (cookie !== undefined && index % 3 !== 0) input.headers.Cookie ??= cookie;
      const wrong: string[] = [];
      inHand.set(index, input);
      try {
        const parseMs = parseTime(input);
        note(slowestParse, parseMs, index);
        if (parseMs > HANG_MS) wrong.push(`the parser took ${parseMs.toFixed(0)} ms`);
        const sentAt = performance.now();
        const answer = await client.post(input.path, input.headers, input.body);
        const answerMs = performance.now() - sentAt;
        note(slowestAnswer, answerMs, index);
        if (answerMs > HANG_MS && suspects.length < SUSPECTS) suspects.push(index);
        wrong.push(...wrongInAnswer(input.path, answer));
        cookie = answer.headers['set-cookie']?.split(';', 1)[0] ?? cookie;
        const name = answerName(input.path, answer.status, answer.body);
        answers.set(name, (answers.get(name) ?? 0) + 1);
      } catch (error) {
        wrong.push(error instanceof Error ? error.message : String(error));
      }
      inHand.delete(index);
      // Those of inputs that are on their way at the same time may be among them.
      for (const event of app.takeEvents()) wrong.push(...wrongInEvent(event));
      wrong.push(...pollution());
      if (wrong.length > 0) violations.push({ index, input, wrong });
      if (performance.now() - reportedAt > REPORT_EVERY_MS) {
        reportedAt = performance.now();
        say(`${next} inputs, ${(next / secondsSoFar()).toFixed(0)}/s, ${violations.length} violations`);
      }
    }
  };

  const clients = Array.from({ length: CONNECTIONS }, () => createWireClient(app.host, app.port));
  await Promise.all(clients.map(work));
  const seconds = secondsSoFar();
  for (const index of suspects) violations.push(...(await slowAlone(app, seed, index)));
  for (const client of clients) client.close();
  if (heap.isGrowing()) {
    violations.push({
      index: next - 1,
      input: makeInput(seed, next - 1),
      wrong: [`the heap grew: ${heap.text()}`],
    });
  }
  await app.close();
  process.off('uncaughtException', onCrash);
  return { inputs: next, seconds, slowestParse, slowestAnswer, heap, answers, violations };
}

/** Milliseconds that the parser takes; what was slow once is asked again, as the machine may have been. */
function parseTime({ kind, plain, headers }: FuzzInput): number {
  if (kind !== 'xml') return 0;
  let least = Infinity;
  for (let attempt = 0; attempt < 3 && least > HANG_MS; attempt += 1) {
    const startedAt = performance.now();
    readEnvelope(plain, headers['Content-Type']);
    least = Math.min(least, performance.now() - startedAt);
  }
  return least;
}

/** The violation of an input that takes long also when nothing else is on its way. */
async function slowAlone(app: AppUnderTest, seed: number, index: number): Promise<Violation[]> {
  const input = makeInput(seed, index);
  const client = createWireClient(app.host, app.port);
  let least = Infinity;
  for (let attempt = 0; attempt < 3 && least > HANG_MS; attempt += 1) {
    const sentAt = performance.now();
    await client.post(input.path, input.headers, input.body).catch(() => undefined);
    least = Math.min(least, performance.now() - sentAt);
  }
  client.close();
  app.takeEvents();
  return least > HANG_MS ? [{ index, input, wrong: [`the answer took ${least.toFixed(0)} ms`] }] : [];
}

function note(slowest: Slowest, ms: number, index: number): void {
  if (ms > slowest.ms) Object.assign(slowest, { ms, index });
}

/** Of a problem its code, of an envelope what is in its Body. */
function answerName(path: string, status: number, body: Buffer): string {
  const text = body.toString('utf8');
  const found =
    /"code":"(\w+)"/.exec(text) ?? /:Body><(?:[\w-]+:)?(\w+)/.exec(text) ?? /"status":"(\w+)"/.exec(text);
  return `${path.replace(/\?.*|\/token/, '')} ${status} ${found?.[1] ?? ''}`.trim();
}
