import { runCommand } from '../run-command.js';
import { findServer, type SearchPlaces } from '../server-binary.js';
import { good, warning, type Finding } from './finding.js';

/** What `npm start` can use; all but the database is optional. */
export function examineServer(places: SearchPlaces): Finding {
  try {
    const server = findServer(places);
    return server === null
      ? warning(
          'database server',
          'There is none on this machine: npm start fetches one from Debian if it can.',
        )
      : good('database server', `${server.program}, ${server.version}.`);
  } catch (error) {
    return warning('database server', (error as Error).message);
  }
}

const CONTAINER_ENGINES = [
  ['docker', ['version', '--format', '{{.Server.Version}}']],
  ['podman', ['version', '--format', '{{.Client.Version}}']],
] as const;

/** Needed for `docker compose up` and for images, not for `npm start`. */
export async function examineContainers(env: Record<string, string>): Promise<Finding> {
  const found: string[] = [];
  for (const [program, args] of CONTAINER_ENGINES) {
    const { ok, output } = await runCommand(program, args, { env });
    const version = output.trim().split('\n').at(-1) ?? '';
    if (ok) found.push(`${program} ${version}`);
  }
  return good(
    'containers',
    found.length > 0 ? `${found.join(', ')}.` : 'Neither docker nor podman runs; npm start needs neither.',
  );
}

/** The cluster of the current context, if kubectl has one: without it kubectl would ask localhost. */
export async function examineCluster(env: Record<string, string>): Promise<Finding> {
  const kubectl = (...args: string[]) => runCommand('kubectl', args, { env });
  const context = await kubectl('config', 'current-context');
  if (!context.ok) return good('cluster', 'kubectl is not here or has no context; only the lab needs one.');
  const name = context.output.trim();
  const answer = await kubectl('get', '--raw', '/version', '--request-timeout=3s');
  if (!answer.ok)
    return warning('cluster', `${name} does not answer: ${answer.output.trim().split('\n').at(-1) ?? ''}`);
  return good('cluster', `${name} answers, ${versionOf(answer.output)}.`);
}

function versionOf(answer: string): string {
  try {
    return `Kubernetes ${(JSON.parse(answer) as { gitVersion: string }).gitVersion}`;
  } catch {
    return 'of an unknown version';
  }
}
