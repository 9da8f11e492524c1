import type { Books, Reading } from './reading.js';

/** The HTTP side of a place: the product's query API and the simulator's control port. */
export interface ProductApi {
  read(): Promise<Omit<Reading, 'atSeconds' | 'answered'>>;
  books(): Promise<Books>;
  startScenario(name: string): Promise<void>;
  stopScenario(name: string): Promise<void>;
  pause(paused: boolean): Promise<void>;
  post(path: string, token: string, body: object): Promise<void>;
}

export interface ProductAddress {
  apiUrl: string;
  simulatorUrl: string;
  /** For reading; absent where anyone may. */
  token?: string;
}

const ANSWER_WITHIN_MS = 5000;

interface PipelineTotals {
  accepted: number;
  applied: number;
  lag_events: number;
  oldest_unapplied_age_seconds: number;
  accept_rate: number | null;
  drain_rate: number | null;
  drain_eta_seconds: number | null;
  duplicates: number;
  parked_devices: number;
  parked_events: number;
  dead_letters: number;
  discarded: number;
  skipped: number;
}

/** @param address read at every call: after a restart it may be another */
export function createProductApi(address: () => ProductAddress): ProductApi {
  const ask = async <T>(url: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  const query = async <T>(path: string): Promise<T> => {
    const { apiUrl, token } = address();
    return ask(apiUrl + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  };
  const steer = async (path: string, method = 'POST'): Promise<unknown> =>
    ask(address().simulatorUrl + path, { method });
  const totals = async (): Promise<PipelineTotals> =>
    (await query<{ totals: PipelineTotals }>('/v1/pipeline')).totals;

  return {
    async read() {
      const [pipeline, fleet] = await Promise.all([
        totals(),
        query<{ by_status: Record<'online' | 'degraded' | 'stale' | 'offline' | 'unknown', number> }>(
          '/v1/fleet',
        ),
      ]);
      return {
        lagEvents: pipeline.lag_events,
        oldestSeconds: pipeline.oldest_unapplied_age_seconds,
        etaSeconds: pipeline.drain_eta_seconds,
        acceptRate: pipeline.accept_rate,
        drainRate: pipeline.drain_rate,
        parkedDevices: pipeline.parked_devices,
        ...fleet.by_status,
      };
    },
    async books() {
      const [pipeline, truth] = await Promise.all([
        totals(),
        ask<{ totals: { acknowledged: number; in_doubt: number } }>(`${address().simulatorUrl}/truth`),
      ]);
      const { accepted, applied, parked_events, dead_letters, discarded, skipped } = pipeline;
      return {
        ...{ accepted, applied, setAside: parked_events + dead_letters + discarded + skipped },
        ...{ acknowledged: truth.totals.acknowledged, inDoubt: truth.totals.in_doubt },
      };
    },
    startScenario: async (name) => void (await steer(`/scenarios/${name}`)),
    stopScenario: async (name) => void (await steer(`/scenarios/${name}`, 'DELETE')),
    pause: async (paused) => void (await steer(paused ? '/pause' : '/resume')),
    async post(path, token, body) {
      await ask(address().apiUrl + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    },
  };
}
