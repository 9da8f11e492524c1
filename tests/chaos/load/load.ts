import { pause, waitFor } from '../pause.js';
import { between, createRandom } from '../random.js';
import type { Tokens } from '../stack/chaos-stack.js';
import {
  URL_PATHS,
  wireEvent,
  wireRequest,
  type Path,
  type WireEvent,
  type WireRequest,
} from './event-bodies.js';
import type { Ledger } from './ledger.js';
import { post } from './post.js';

/** Shares of the load, 0 to 1. */
export interface LoadMix {
  /** Events sent one by one as heartbeats, and as webhooks; the rest goes in batches. */
  heartbeats: number;
  webhooks: number;
  /** Events whose device time lies hours back. */
  late: number;
  /** Requests that are sent once more after they were acknowledged, at once or some seconds later. */
  repeated: number;
  /** Devices that pause for many seconds, so that they fall silent and come back. */
  sleepy: number;
  /** Requests in doubt that are left so. */
  leftInDoubt: number;
  /** Devices of which now and then an event fails when it is applied; the first ones of the fleet. */
  poisoned: number;
}

export const USUAL_MIX: LoadMix = {
  heartbeats: 0.15,
  webhooks: 0.15,
  late: 0.03,
  repeated: 0.02,
  sleepy: 0.04,
  leftInDoubt: 0.1,
  poisoned: 0.01,
};

export interface LoadOptions {
  ledger: Ledger;
  seed: number;
  /** Events a second. */
  rate: number;
  mix: LoadMix;
  tokens: Tokens;
  /** Whether every request has an id of its sender. Without one an event is recognised by its time, if that is believed. */
  alwaysKeyed: boolean;
  /** Base URLs that take a path now. */
  targets: (path: Path) => readonly string[];
}

/** Sends until stopped. Each device's next event is sent when its last one is settled. */
export interface Load {
  /** When, by performance.now(), the newest acknowledged request of the path was begun. */
  acknowledgedSince(path: Path): number;
  /** Answers that no event of ours may get. */
  refusals: string[];
  /** Sends one request until it is settled. */
  deliver(request: WireRequest): Promise<void>;
  /** Stops sending, and waits for what is open. */
  stop(): Promise<void>;
}

interface Sender {
  index: number;
  serialNumber: string;
  intervalSeconds: number;
  sleepy: boolean;
  lastTime: number;
  lateEvents: number;
  /** When its next event that fails may be sent, by performance.now(); Infinity for a healthy device. */
  poisonAt: number;
}

const TICK_MS = 20;
const BATCH_EVENTS = 50;
const HOUR_MS = 3_600_000;
const MOST_ATTEMPTS = 8;
const SETTLE_WITHIN_MS = 25_000;

/** Between two events of a device that fail, ms. */
const POISON_EVERY_MS = 25_000;
const FEWEST_POISONED = 5;

/** Whether events of the device may fail when they are applied. */
export function isPoisoned(index: number, devices: number, { poisoned }: LoadMix): boolean {
  return poisoned > 0 && index < Math.max(FEWEST_POISONED, devices * poisoned);
}

export function startLoad(options: LoadOptions): Load {
  const { ledger, mix, tokens, seed } = options;
  const random = createRandom(seed, 'load');
  const begun: Record<Path, number> = { telemetry: -Infinity, heartbeat: -Infinity, webhook: -Infinity };
  const refusals: string[] = [];
  let stopping = false;
  let giveUp = false;
  let open = 0;
  let requests = 0;
  let turn = 0;

  const idle: Sender[] = ledger.devices.map(({ serialNumber }, index) => {
    const poisoned = isPoisoned(index, ledger.devices.length, mix);
    const sleepy = random() < mix.sleepy && !poisoned;
    return {
      ...{ index, serialNumber, sleepy, intervalSeconds: sleepy ? 2 : 300, lastTime: 0, lateEvents: 0 },
      poisonAt: poisoned ? performance.now() + between(random, 1000, POISON_EVERY_MS) : Infinity,
    };
  });

  const nextEvent = (sender: Sender, path: Path): WireEvent => {
    const { index, serialNumber, intervalSeconds } = sender;
    const first = sender.lastTime === 0;
    sender.lastTime = Math.max(Date.now(), sender.lastTime + 1);
    let at = sender.lastTime;
    if (random() < mix.late && !sender.sleepy && !first) {
      // Each further back than the one before, so that no two look like a clock that was set back.
      sender.lateEvents += 1;
      at -= HOUR_MS + sender.lateEvents * 60_000;
    }
    const n = ledger.devices[index]!.begin();
    const facts = { device: index, serialNumber, n, at, intervalSeconds };
    if (path !== 'telemetry' || performance.now() < sender.poisonAt) return wireEvent(path, facts);
    sender.poisonAt = performance.now() + between(random, 0.5, 1.5) * POISON_EVERY_MS;
    return wireEvent(path, { ...facts, extra: poison() });
  };

  /** One in three fails for good; the others until a moment that their retries outlast, or do not. */
  const poison = (): Record<string, string> => {
    const type = 'cpemon.test.v1';
    if (random() < 1 / 3) return { type, fail: 'always' };
    const until = new Date(Date.now() + between(random, 1000, 25_000)).toISOString();
    return { type, fail: 'until', until };
  };

  const attempt = async (request: WireRequest): ReturnType<typeof post> => {
    const urls = options.targets(request.path);
    const url = urls[turn++ % Math.max(1, urls.length)];
    if (url === undefined) return { outcome: 'in doubt', retryAfterMs: 200, why: 'nobody takes it' };
    for (const { device, n } of request.events) ledger.devices[device]!.attempted(n);
    const at = performance.now();
    const result = await post(url + URL_PATHS[request.path], request.headers, request.body);
    if (result.outcome === 'acknowledged') {
      begun[request.path] = Math.max(begun[request.path], at);
      for (const { device, n } of request.events) ledger.devices[device]!.acknowledged(n);
    } else {
      for (const { device, n } of request.events) ledger.devices[device]!.inDoubt(n);
    }
    if (result.outcome === 'refused') {
      refusals.push(`${request.path} answered ${result.status}: ${result.text.slice(0, 300)}`);
    }
    return result;
  };

  /** Sends until it is acknowledged or left in doubt; true when acknowledged. */
  const settle = async (request: WireRequest, mayBeLeft: boolean): Promise<boolean> => {
    for (let tries = 1; ; tries += 1) {
      const result = await attempt(request);
      if (result.outcome !== 'in doubt') return result.outcome === 'acknowledged';
      const left = mayBeLeft && (random() < mix.leftInDoubt || tries >= MOST_ATTEMPTS);
      if (giveUp || left) return false;
      await pause(result.retryAfterMs * between(random, 0.7, 1.3));
    }
  };

  const tracked = (work: Promise<unknown>): void => {
    open += 1;
    void work.finally(() => (open -= 1));
  };

  const send = async (request: WireRequest): Promise<void> => {
    if (!(await settle(request, true)) || random() >= mix.repeated) return;
    const soon = random() < 0.5;
    const repeat = async (): Promise<void> => {
      await pause(soon ? 0 : between(random, 1000, 4000));
      if (!stopping) await attempt(request);
    };
    if (soon) await repeat();
    else tracked(repeat());
  };

  const sendFor = (senders: readonly Sender[], path: Path, events: readonly WireEvent[]): void => {
    requests += 1;
    // Half of the single heartbeats go without an id of their sender.
    const key =
      path === 'heartbeat' && requests % 2 === 0 && !options.alwaysKeyed
        ? undefined
        : `chaos-${seed}-${requests}`;
    tracked(
      send(wireRequest(path, events, tokens, key)).then(() => {
        for (const sender of senders) {
          if (!sender.sleepy) idle.push(sender);
          else setTimeout(() => idle.push(sender), between(random, 1000, 15_000));
        }
      }),
    );
  };

  const sendSome = (wanted: number): number => {
    let events = 0;
    let batch: { senders: Sender[]; events: WireEvent[] } = { senders: [], events: [] };
    const flush = (): void => {
      if (batch.events.length > 0) sendFor(batch.senders, 'telemetry', batch.events);
      batch = { senders: [], events: [] };
    };
    while (events < wanted) {
      const sender = idle.shift();
      if (sender === undefined) break;
      const draw = random();
      if (draw < mix.heartbeats + mix.webhooks) {
        const path = draw < mix.heartbeats ? 'heartbeat' : 'webhook';
        sendFor([sender], path, [nextEvent(sender, path)]);
        events += 1;
        continue;
      }
      // Now and then two events of one device in one body.
      const several = random() < 0.1 ? 2 : 1;
      for (let n = 0; n < several; n += 1) batch.events.push(nextEvent(sender, 'telemetry'));
      batch.senders.push(sender);
      events += several;
      if (batch.events.length >= BATCH_EVENTS) flush();
    }
    flush();
    return events;
  };

  let owed = 0;
  let last = performance.now();
  const ticker = setInterval(() => {
    const now = performance.now();
    owed = Math.min(owed + ((now - last) / 1000) * options.rate, options.rate / 4);
    last = now;
    // A few at a time would make batches of a few.
    if (owed >= Math.min(20, options.rate / 20)) owed -= sendSome(Math.floor(owed));
  }, TICK_MS);

  return {
    acknowledgedSince: (path) => begun[path],
    refusals,
    deliver: async (request) => {
      await settle(request, false);
    },
    async stop() {
      stopping = true;
      clearInterval(ticker);
      await waitFor(() => open === 0, SETTLE_WITHIN_MS);
      giveUp = true;
      await waitFor(() => open === 0, SETTLE_WITHIN_MS);
    },
  };
}
