import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createLogger } from '@cpemon/service-kit';
import { readConfig } from './config.js';
import { startSimulator, type RunningSimulator } from './simulator.js';
import type { TruthReport } from './truth-report.js';

const SECRET = 'webhook-secret';
const logger = createLogger({ service: 'test', level: 'silent' });

interface Received {
  path: string;
  body: string;
  headers: IncomingMessage['headers'];
}

/** A receiver that stores what it answers with 202, as the real ones do. */
class Receiver {
  readonly requests: Received[] = [];
  /** Events stored, by serial number and time; a repeat lands on the same key. */
  readonly stored = new Map<string, string>();
  /** Takes the place of the usual answer when it returns true. */
  interfere: (received: Received, response: ServerResponse) => boolean = () => false;
  private server: Server | undefined;
  url = '';

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.take(request, response));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  store(body: string): void {
    const parsed = JSON.parse(body) as Record<string, string> | Record<string, string>[];
    for (const event of Array.isArray(parsed) ? parsed : [parsed]) {
      this.stored.set(`${event['sn']} ${event['ts'] ?? event['event_ts']}`, JSON.stringify(event));
    }
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    try {
      for await (const chunk of request) body += String(chunk);
    } catch {
      return;
    }
    const received = { path: request.url ?? '', body, headers: request.headers };
    this.requests.push(received);
    if (this.interfere(received, response)) return;
    this.store(body);
    response.writeHead(202, { 'Content-Type': 'application/json' }).end('{"status":"queued"}');
  }
}

let receiver: Receiver;
let simulator: RunningSimulator | undefined;

const start = async (env: Record<string, string>): Promise<RunningSimulator> => {
  simulator = await startSimulator(
    readConfig({
      API_URL: receiver.url,
      ACS_URL: receiver.url,
      INGEST_TOKEN: 'token-1',
      WEBHOOK_SECRET: SECRET,
      DEVICES: '40',
      INTERVAL_SECONDS: '1',
      PORT: '0',
      OPS_PORT: '0',
      REQUEST_TIMEOUT_MS: '400',
      RETRY_MINIMUM_WAIT_SECONDS: '1',
      ...env,
    }),
    logger,
  );
  return simulator;
};

const truthOf = async ({ controlUrl }: RunningSimulator): Promise<TruthReport> =>
  (await (await fetch(`${controlUrl}/truth`)).json()) as TruthReport;
const control = (running: RunningSimulator, route: string, body?: object): Promise<Response> =>
  fetch(running.controlUrl + route, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come true within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
/** Stops new reports and waits until the fate of every one is known. */
const settle = async (running: RunningSimulator): Promise<TruthReport> => {
  await control(running, '/pause');
  await until(async () => {
    const { totals } = await truthOf(running);
    return totals.in_flight + totals.queued + totals.waiting === 0;
  });
  return truthOf(running);
};

beforeEach(async () => {
  receiver = new Receiver();
  await receiver.start();
});
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
  await receiver.stop();
}, 15_000);

describe('the simulator', () => {
  it('sends heartbeats with a token and webhooks signed over the raw body', async () => {
    await start({ WEBHOOK_SHARE: '0.5' });
    await until(() => receiver.requests.length >= 60);
    const heartbeats = receiver.requests.filter(({ path }) => path === '/cpe/heartbeat');
    const webhooks = receiver.requests.filter(({ path }) => path === '/acs/webhook');
    expect(heartbeats.length).toBeGreaterThan(10);
    expect(webhooks.length).toBeGreaterThan(10);
    expect(heartbeats.length + webhooks.length).toBe(receiver.requests.length);
    for (const { headers } of heartbeats) expect(headers.authorization).toBe('Bearer token-1');
    for (const { headers, body } of webhooks) {
      expect(headers['x-signature']).toBe(createHmac('sha256', SECRET).update(body).digest('hex'));
      expect(headers.authorization).toBeUndefined();
    }
  });

  it('sends batches through a gateway', async () => {
    const running = await start({ BATCH_SIZE: '8', WEBHOOK_SHARE: '0' });
    await until(() => receiver.stored.size >= 80);
    expect(new Set(receiver.requests.map(({ path }) => path))).toEqual(new Set(['/v1/telemetry']));
    expect(receiver.requests.length).toBeLessThan(receiver.stored.size / 2);
    const { totals } = await settle(running);
    expect(totals.acknowledged).toBe(receiver.stored.size);
  });

  it('knows what arrived while its target refuses, hangs, resets and answers HTML', async () => {
    const running = await start({ WEBHOOK_SHARE: '0.3' });
    let count = 0;
    receiver.interfere = ({ body }, response) => {
      count += 1;
      switch (count % 9) {
        case 1:
          response.writeHead(503, { 'Retry-After': '1' }).end();
          return true;
        case 3:
          receiver.store(body);
          response.socket?.resetAndDestroy();
          return true;
        case 5:
          receiver.store(body);
          return true;
        case 6:
          response.writeHead(429).end();
          return true;
        case 7:
          response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>');
          return true;
        default:
          return false;
      }
    };
    await until(() => count > 200);
    receiver.interfere = () => false;
    // Each device's next event ends its wait.
    await until(async () => (await truthOf(running)).totals.waiting === 0);
    const { totals } = await settle(running);
    expect(totals.refused_by_status['503']).toBeGreaterThan(0);
    expect(totals.refused_by_status['429']).toBeGreaterThan(0);
    expect(totals.unanswered_by_reason).toMatchObject({
      reset: expect.any(Number),
      timeout: expect.any(Number),
      not_our_answer: expect.any(Number),
    });
    // Every retry went through in the end, so nothing is in doubt and no event is stored under two keys.
    expect(totals).toMatchObject({ in_doubt: 0, open: 0, rejected: 0, acknowledged: totals.sent });
    expect(receiver.stored.size).toBe(totals.sent);
    const bySerialAndTime = new Map<string, Set<string>>();
    for (const { body } of receiver.requests) {
      const { sn, ts, event_ts: eventTs } = JSON.parse(body) as Record<string, string>;
      const key = `${sn} ${ts ?? eventTs}`;
      bySerialAndTime.set(key, (bySerialAndTime.get(key) ?? new Set()).add(body));
    }
    for (const bodies of bySerialAndTime.values()) expect(bodies.size).toBe(1);
  }, 30_000);

  it('tells per device what was sent and acknowledged', async () => {
    const running = await start({ DEVICES: '5' });
    await until(() => receiver.stored.size >= 15);
    await settle(running);
    const lines = (await (await fetch(`${running.controlUrl}/truth/devices`)).text()).trimEnd().split('\n');
    const devices = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(devices).toHaveLength(5);
    for (const device of devices) {
      const times = [...receiver.stored.keys()]
        .filter((key) => key.startsWith(`${String(device['sn'])} `))
        .sort();
      expect(device).toMatchObject({
        sent: times.length,
        acknowledged: times.length,
        in_doubt: 0,
        last_acknowledged_ts: times.at(-1)?.split(' ')[1],
      });
      const one = await fetch(`${running.controlUrl}/truth/devices/${String(device['sn'])}`);
      expect(await one.json()).toEqual(device);
    }
    expect((await fetch(`${running.controlUrl}/truth/devices/SIM-99999999`)).status).toBe(404);
  });

  it('makes devices fall silent and brings them back', async () => {
    const running = await start({ DEVICES: '6', WEBHOOK_SHARE: '0' });
    const answer = await control(running, '/cut', { count: 2 });
    expect(await answer.json()).toEqual({ changed: 2, serial_numbers: ['SIM-00000001', 'SIM-00000002'] });
    await control(running, '/devices/SIM-00000003/cut');
    const from = receiver.requests.length + 1;
    await until(() => receiver.requests.length >= from + 9);
    const heard = (): Set<string> =>
      new Set(receiver.requests.slice(from).map(({ body }) => (JSON.parse(body) as { sn: string }).sn));
    expect(heard()).toEqual(new Set(['SIM-00000004', 'SIM-00000005', 'SIM-00000006']));
    expect((await truthOf(running)).devices_cut).toBe(3);
    await control(running, '/devices/SIM-00000003/restore');
    await until(() => heard().has('SIM-00000003'));
    expect(await (await control(running, '/restore')).json()).toMatchObject({ changed: 2 });
    await until(() => heard().size === 6);
  });

  it('switches scenarios on and off while it runs', async () => {
    const running = await start({ DEVICES: '20', WEBHOOK_SHARE: '0' });
    const started = await control(running, '/scenarios/fibre-cut');
    expect(started.status).toBe(201);
    const scenario = (await started.json()) as { expect: string; steps: { devices: number }[] };
    expect(scenario.expect).toContain('one PON');
    const cut = scenario.steps[0]!.devices;
    expect(cut).toBeGreaterThan(3);
    expect((await truthOf(running)).devices_cut).toBe(cut);
    const view = await (await fetch(`${running.controlUrl}/fleet?by=access`)).json();
    expect(view).toMatchObject({ by_condition: { no_line: cut }, groups: { fibre: { silent: cut } } });
    const own = { name: 'own', steps: [{ action: 'latency', ms: 5 }] };
    expect((await control(running, '/scenarios', own)).status).toBe(201);
    const { running: now, known } = (await (await fetch(`${running.controlUrl}/scenarios`)).json()) as {
      running: { name: string }[];
      known: unknown[];
    };
    expect(now.map(({ name }) => name)).toEqual(['fibre-cut', 'own']);
    expect(known.length).toBeGreaterThan(30);
    await fetch(`${running.controlUrl}/scenarios/fibre-cut`, { method: 'DELETE' });
    await until(async () => (await truthOf(running)).devices_cut < cut);
    const { incidents } = (await (await fetch(`${running.controlUrl}/truth/incidents`)).json()) as {
      incidents: { scenario: string; devices: number; ended_at: string | null; serial_numbers: string[] }[];
    };
    expect(incidents).toMatchObject([{ scenario: 'fibre-cut', devices: cut, ended_at: expect.any(String) }]);
    expect(incidents[0]!.serial_numbers).toHaveLength(cut);
    expect((await truthOf(running)).incidents[0]).not.toHaveProperty('serial_numbers');
    const quick = await control(running, '/scenarios/street-power-cut?faster=60');
    expect(await quick.json()).toMatchObject({ faster: 60 });
    await fetch(`${running.controlUrl}/scenarios/street-power-cut`, { method: 'DELETE' });
    expect((await control(running, '/restore', { all: true })).status).toBe(200);
    expect((await truthOf(running)).devices_cut).toBe(0);
    for (const [response, status, code] of [
      [await control(running, '/scenarios/fibre-cat'), 404, 'unknown_scenario'],
      [await control(running, '/scenarios/..%2Fsecret.json'), 404, 'unknown_scenario'],
      [await control(running, '/scenarios/spike?faster=0'), 400, 'invalid_scenario'],
      [
        await control(running, '/scenarios', { name: 'x', steps: [{ action: 'explode' }] }),
        400,
        'invalid_scenario',
      ],
      [await fetch(`${running.controlUrl}/scenarios/none`, { method: 'DELETE' }), 404, 'not_running'],
      [await fetch(`${running.controlUrl}/fleet?by=colour`), 400, 'invalid_group'],
    ] as const) {
      expect([status, await response.json()]).toMatchObject([response.status, { code }]);
    }
  }, 60_000);

  it('changes the size and the rate of its fleet while it runs', async () => {
    const running = await start({ DEVICES: '5', WEBHOOK_SHARE: '0' });
    expect(await (await control(running, '/fleet', { devices: 12 })).json()).toEqual({ devices: 12 });
    const heard = (): Set<string> =>
      new Set(receiver.requests.map(({ body }) => (JSON.parse(body) as { sn: string }).sn));
    await until(() => heard().size === 12);
    expect(await (await control(running, '/fleet', { devices: 3 })).json()).toEqual({ devices: 3 });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    receiver.requests.length = 0;
    await until(() => receiver.requests.length >= 6);
    expect(heard().size).toBe(3);
    expect((await control(running, '/rate', { times: 10 })).status).toBe(200);
    const from = Date.now();
    const count = receiver.requests.length;
    await until(() => receiver.requests.length >= count + 30);
    expect(Date.now() - from).toBeLessThan(4000);
    expect((await control(running, '/rate', { times: 0 })).status).toBe(400);
    expect((await control(running, '/fleet', { devices: -1 })).status).toBe(400);
    const csv = (await (await fetch(`${running.controlUrl}/inventory.csv`)).text()).trimEnd().split('\n');
    expect(csv).toHaveLength(4);
  }, 60_000);

  it('keeps bulk reports that fail and sends them with the next, oldest first', async () => {
    let failing = true;
    receiver.interfere = (_received, response) => {
      response.writeHead(failing ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
      return true;
    };
    const running = await start({ DEVICES: '3', MIX: 'bulk-rows=1', RETAINED_REPORTS: '2' });
    await until(() => receiver.requests.length >= 30);
    failing = false;
    // Each profile has its turn.
    await until(async () => {
      const { acknowledged, open } = (await truthOf(running)).totals;
      return acknowledged >= 12 && open === 0;
    });
    const { totals } = await settle(running);
    expect(totals).toMatchObject({ in_doubt: 0, rejected: 0, open: 0 });
    expect(totals.abandoned).toBeGreaterThan(0);
    expect(totals.sent).toBe(totals.acknowledged + totals.abandoned);
    expect(new Set(receiver.requests.map(({ path: at }) => at.split('?')[0]))).toEqual(
      new Set(['/v1/bulkdata']),
    );
  }, 60_000);

  it('answers control requests it does not understand with a problem', async () => {
    const running = await start({ DEVICES: '1' });
    for (const [response, status, code] of [
      [await control(running, '/cut', { count: 'all' }), 400, 'invalid_count'],
      [await control(running, '/cut'), 400, 'invalid_count'],
      [await fetch(`${running.controlUrl}/cut`, { method: 'POST', body: '{' }), 400, 'invalid_body'],
      [await control(running, '/devices/X/cut'), 404, 'unknown_device'],
      [await fetch(`${running.controlUrl}/nothing`), 404, 'not_found'],
      [
        await fetch(`${running.controlUrl}/pause`, {
          method: 'POST',
          headers: { origin: 'http://evil.example' },
        }),
        403,
        'cross_origin',
      ],
    ] as const) {
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ status, code });
    }
    expect(await (await fetch(running.controlUrl)).json()).toMatchObject({
      service: 'cpe-simulator',
      devices: 1,
    });
  });

  it('shows its truth to Prometheus without a label that grows with the fleet', async () => {
    const running = await start({});
    await until(() => receiver.stored.size >= 40);
    const { totals } = await settle(running);
    const text = await (await fetch(`${running.opsUrl}/metrics`)).text();
    const value = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
    expect(value('cpemon_simulator_reports_acknowledged_total')).toBe(totals.acknowledged);
    expect(value('cpemon_simulator_devices')).toBe(40);
    expect(value('cpemon_simulator_request_duration_seconds_count')).toBe(totals.attempts);
    expect(text).not.toContain('SIM-');
    expect((await fetch(`${running.opsUrl}/readyz`)).status).toBe(200);
  });

  it('stops within the time for answers when its target hangs', async () => {
    receiver.interfere = () => true;
    const running = await start({ REQUEST_TIMEOUT_MS: '60000' });
    await until(() => receiver.requests.length >= 10);
    const startedAt = Date.now();
    await running.stop();
    expect(Date.now() - startedAt).toBeLessThan(4500);
  }, 15_000);

  it('refuses a public target', async () => {
    await expect(
      startSimulator({ ...readConfig({}), apiUrl: new URL('http://8.8.8.8/'), port: 0, opsPort: 0 }, logger),
    ).rejects.toThrow('neither loopback nor private');
  });
});

describe('the simulator’s process', () => {
  const run = async (
    args: string[],
    env: Record<string, string>,
    whileRunning: (kill: () => void) => Promise<void> = () => Promise.resolve(),
  ): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    const loader = path.join(__dirname, '../../../packages/service-kit/test-support/run-typescript.cjs');
    const child = spawn(process.execPath, ['-r', loader, path.join(__dirname, 'main.ts'), ...args], {
      env: { PATH: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const closed = once(child, 'close') as Promise<[number | null]>;
    await whileRunning(() => child.kill('SIGTERM'));
    const [code] = await closed;
    return { code, stdout, stderr };
  };

  it('explains itself', async () => {
    const help = await run(['--help'], {});
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('INTERVAL_SECONDS');
    const wrong = await run(['--devices=5'], {});
    expect(wrong.code).toBe(64);
    expect(wrong.stderr).toContain('--help');
  });

  it('names what is wrong with its configuration', async () => {
    const { code, stderr } = await run([], { DEVICES: 'many', API_URL: 'http://8.8.8.8' });
    expect(code).toBe(78);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('prints its totals when it is told to stop', async () => {
    const env = {
      API_URL: receiver.url,
      ACS_URL: receiver.url,
      DEVICES: '20',
      INTERVAL_SECONDS: '1',
      PORT: '0',
      OPS_PORT: '0',
    };
    const { code, stdout } = await run([], env, async (kill) => {
      await until(() => receiver.stored.size >= 20);
      kill();
    });
    expect(code).toBe(0);
    const last = stdout.split('\n').find((line) => line.includes('The fleet is silent')) ?? '{}';
    expect(JSON.parse(last)).toMatchObject({ totals: { acknowledged: receiver.stored.size, in_doubt: 0 } });
  });
});
