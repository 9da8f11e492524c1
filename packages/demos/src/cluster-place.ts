import { spawn, type ChildProcess } from 'node:child_process';
import type { Place } from './place.js';
import { createProductApi } from './product-api.js';
import { runProgram } from './run-program.js';

const SCALE_WITHIN_MS = 120_000;
const FORWARD_WITHIN_MS = 20_000;
const PAUSED = 'autoscaling.keda.sh/paused';

/** A cluster that kubectl reaches, with what k8s/overlays/lab puts there; the demo changes the writer's replicas only. */
export async function openClusterPlace({
  namespace,
  context,
}: {
  namespace: string;
  context?: string;
}): Promise<Place> {
  const where = ['--namespace', namespace, ...(context === undefined ? [] : ['--context', context])];
  const kubectl = (...args: string[]): Promise<string> =>
    runProgram('kubectl', [...where, ...args], { timeoutMs: SCALE_WITHIN_MS });

  const writers = Number(await kubectl('get', 'deployment/cpemon-writer', '-o', 'jsonpath={.spec.replicas}'));
  if (writers === 0) throw new Error('deployment/cpemon-writer has no replicas: is another demo running?');
  // What KEDA scales would be scaled back at once.
  const scaler = await kubectl('get', 'scaledobject', 'cpemon-writer', '-o', 'name').then(
    (name) => name.trim(),
    () => undefined,
  );
  const token = await viewerToken(kubectl);
  const forwards: Forward[] = [];
  const end = (): void => forwards.forEach(({ child }) => child.kill());
  try {
    forwards.push(await forward([...where, 'port-forward', 'service/cpemon-api', ':http']));
    forwards.push(await forward([...where, 'port-forward', 'service/cpe-simulator', ':http']));
  } catch (error) {
    end();
    throw error;
  }
  const [{ url: apiUrl }, { url: simulatorUrl }] = forwards as [Forward, Forward];
  const api = createProductApi(() => ({ apiUrl, simulatorUrl, ...(token === undefined ? {} : { token }) }));
  const scaleWriters = async (replicas: number): Promise<void> => {
    if (scaler !== undefined) {
      const pause = replicas === writers ? `${PAUSED}-` : `${PAUSED}=true`;
      await kubectl('annotate', '--overwrite', scaler, pause);
    }
    await kubectl('scale', 'deployment/cpemon-writer', `--replicas=${replicas}`);
    await kubectl('rollout', 'status', 'deployment/cpemon-writer', '--timeout=90s');
  };
  return {
    ...api,
    ...{ page: `${apiUrl}/${token === undefined ? '' : `#token=${token}`}`, writers, scaleWriters },
    async close() {
      try {
        await scaleWriters(writers);
      } finally {
        end();
      }
    },
  };
}

/** The first token of those that may read; undefined where anyone may. */
async function viewerToken(kubectl: (...args: string[]) => Promise<string>): Promise<string | undefined> {
  const encoded = await kubectl('get', 'secret', 'cpemon-api', '-o', 'jsonpath={.data.VIEWER_TOKENS}');
  const [first] = Buffer.from(encoded, 'base64').toString('utf8').split(',');
  return first === undefined || first === '' ? undefined : first;
}

interface Forward {
  child: ChildProcess;
  url: string;
}

async function forward(args: readonly string[]): Promise<Forward> {
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const port = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`kubectl ${args.join(' ')}: ${printed}`)),
      FORWARD_WITHIN_MS,
    );
    const read = (text: Buffer): void => {
      printed += text.toString();
      const [, found] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(printed) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`kubectl ${args.join(' ')} ended: ${printed}`));
    });
  });
  return { child, url: `http://127.0.0.1:${port}` };
}
