import { createRegistry } from './metrics-registry.js';
import { createLogger } from './logger.js';
import { startOperationsServer, type ReadinessReport } from './operations-server.js';

const logger = createLogger({ service: 'test', level: 'silent' });
let close = (): Promise<void> => Promise.resolve();

async function start(ready: () => Promise<ReadinessReport> | ReadinessReport): Promise<string> {
  const registry = createRegistry({ service: 'test', version: '1.2.3' });
  const server = await startOperationsServer({
    host: '127.0.0.1',
    port: 0,
    registry,
    ready,
    readyTimeoutMs: 100,
    logger,
  });
  close = () => server.close();
  return server.url;
}

afterEach(() => close());

describe('the operations server', () => {
  it('is alive whatever its dependencies do, and shows build and process metrics', async () => {
    const url = await start(() => ({ ready: false, checks: {} }));
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await metrics.text();
    expect(text).toContain('cpemon_build_info{service="test",version="1.2.3"');
    expect(text).toContain('cpemon_process_cpu_seconds_total');
  });

  it('answers 200 when ready and 503 with the failing checks when not', async () => {
    let ready = true;
    const url = await start(() => ({
      ready,
      checks: { database: ready ? { ok: true } : { ok: false, detail: 'refused' } },
    }));
    const good = await fetch(`${url}/readyz`);
    expect(good.status).toBe(200);
    expect(await good.json()).toEqual({ ready: true, checks: { database: { ok: true } } });
    ready = false;
    const bad = await fetch(`${url}/readyz`);
    expect(bad.status).toBe(503);
    expect(await bad.json()).toMatchObject({
      code: 'not_ready',
      checks: { database: { ok: false, detail: 'refused' } },
    });
  });

  it('is not ready when a check throws', async () => {
    const url = await start(() => {
      throw new Error('boom');
    });
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: { readiness: { ok: false, detail: 'boom' } } });
  });

  it('is not ready when a check hangs, and does not ask it again meanwhile', async () => {
    let asked = 0;
    const url = await start(() => {
      asked += 1;
      return new Promise<ReadinessReport>(() => undefined);
    });
    const answers = await Promise.all([fetch(`${url}/readyz`), fetch(`${url}/readyz`)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(asked).toBe(1);
  });

  it('answers anything else with a problem', async () => {
    const url = await start(() => ({ ready: true, checks: {} }));
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
    const posted = await fetch(`${url}/metrics`, { method: 'POST' });
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
  });
});
