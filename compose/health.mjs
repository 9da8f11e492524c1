/* global AbortSignal */

/**
 * The health check of an image without a shell: ends with 0 when the operations port says that the process is ready.
 * Kubernetes asks /livez and /readyz itself and does not use this.
 */
const TIMEOUT_MS = 3000;

try {
  const answer = await fetch(`http://127.0.0.1:${process.env.OPS_PORT}/readyz`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? (error.cause ?? error) : error);
  process.exitCode = 1;
}
