import { accessHeaders, isLocked } from './api.js';
import { retryDelayMs } from './retry-delay.js';
import { createSseParser, type ServerSentEvent } from './sse-parser.js';

/** How the stream is: `refused` by the API for good, `waiting` for the next try. */
export interface StreamState {
  state: 'connecting' | 'open' | 'waiting' | 'refused' | 'resting';
  /** Why it is not open, in a sentence. */
  problem: string | null;
  /** Of the browser's monotonic clock, ms: when it is tried again. */
  retryAt: number | null;
}

export interface Stream {
  /** Connects now, as whoever is logged in by then, and stays connected. */
  open(): void;
  /** Lets go until it is opened again: nobody looks. Where it was is remembered. */
  rest(): void;
}

/** The server sends something every second; a connection that is silent for so long is dead, whatever TCP believes. */
const SILENT_MS = 6000;

/** `GET /v1/stream`, by fetch: an EventSource could not send a token. Goes on where it was. */
export function createStream(
  onEvent: (event: ServerSentEvent) => void,
  onState: (state: StreamState) => void,
): Stream {
  let lastId: string | null = null;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connection: AbortController | undefined;

  const takeIn = async (controller: AbortController): Promise<string> => {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => controller.abort(new Silent()), SILENT_MS);
    };
    heard();
    try {
      const answer = await fetch('/v1/stream', {
        headers: { ...accessHeaders(), ...(lastId === null ? {} : { 'last-event-id': lastId }) },
        signal: controller.signal,
        cache: 'no-store',
      });
      if (!answer.ok || answer.body === null) throw await refusalOf(answer);
      failures = 0;
      onState({ state: 'open', problem: null, retryAt: null });
      const parse = createSseParser((event) => {
        if (event.id !== null) lastId = event.id;
        onEvent(event);
      });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 'The API has ended the stream.';
        heard();
        parse(value);
      }
    } finally {
      clearTimeout(silence);
    }
  };

  const connect = (): void => {
    const controller = new AbortController();
    connection = controller;
    if (failures === 0) onState({ state: 'connecting', problem: null, retryAt: null });
    takeIn(controller).then(
      (sentence) => again(controller, sentence, 0),
      (problem: unknown) => {
        if (connection !== controller) return;
        if (problem instanceof Refused && !problem.mayTryAgain) {
          onState({ state: 'refused', problem: problem.message, retryAt: null });
          return;
        }
        // An id that this server does not know, as after a restore: from what is new on.
        if (problem instanceof Refused && problem.code === 'invalid_event_id') lastId = null;
        again(controller, sentenceOf(problem, controller), problem instanceof Refused ? problem.waitMs : 0);
      },
    );
  };

  const again = (controller: AbortController, problem: string, waitMs: number): void => {
    if (connection !== controller) return;
    failures += 1;
    const delayMs = Math.max(waitMs, retryDelayMs(failures, Math.random()));
    onState({ state: 'waiting', problem, retryAt: performance.now() + delayMs });
    timer = setTimeout(connect, delayMs);
  };

  const letGo = (): void => {
    clearTimeout(timer);
    const before = connection;
    connection = undefined;
    before?.abort();
  };

  return {
    open() {
      letGo();
      failures = 0;
      connect();
    },
    rest() {
      letGo();
      onState({ state: 'resting', problem: null, retryAt: null });
    },
  };
}

class Silent extends Error {}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly waitMs: number,
  ) {
    super(detail);
  }

  /** What only somebody else, logged in, would get is not asked for again. */
  get mayTryAgain(): boolean {
    return this.status !== 401 && this.status !== 403;
  }
}

async function refusalOf(answer: Response): Promise<Refused> {
  if (answer.status === 401) isLocked.value = true;
  const seconds = Number(answer.headers.get('retry-after') ?? 0);
  const { code, detail } = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  const sentence = detail ?? `The API answers ${answer.status}.`;
  return new Refused(answer.status, code ?? '', sentence, Number.isFinite(seconds) ? seconds * 1000 : 0);
}

function sentenceOf(problem: unknown, { signal }: AbortController): string {
  if (signal.reason instanceof Silent) return 'The API has gone silent.';
  return problem instanceof Refused ? problem.message : 'The API cannot be reached.';
}
