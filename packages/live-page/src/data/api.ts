import { ApiProblem, createApiClient, type ApiClient } from '@cpemon/api-client';
import { signal } from '@preact/signals';
import { readToken } from './viewer-token.js';

export { ApiProblem };

/** Longer than any answer that somebody still waits for. */
const TIMEOUT_MS = 15_000;

/** What a session wants repeated in every request that changes something; null with a token. */
export const csrfToken = signal<string | null>(null);
/** Whether the API has said 401: nothing can be asked until somebody logs in. */
export const isLocked = signal(false);
/** Why support looks at a device: kept with each look-up. Empty for all others. */
export const lookUpReason = signal('');

/** Headers that say who asks. */
export function accessHeaders(): Record<string, string> {
  const token = readToken();
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

const ask: typeof fetch = async (input, init = {}) => {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(accessHeaders())) headers.set(name, value);
  const method = init.method ?? 'GET';
  if (method !== 'GET' && csrfToken.value !== null) headers.set('x-csrf-token', csrfToken.value);
  if (lookUpReason.value !== '') headers.set('x-reason', lookUpReason.value);
  const answer = await fetch(input, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (answer.status === 401) isLocked.value = true;
  return answer;
};

/** Asks cpemon-api as whoever is logged in. @throws ApiProblem */
export const api: ApiClient = createApiClient({ url: '', fetch: ask });

/** What went wrong, in a sentence for people. */
export function problemWords(problem: unknown): string {
  if (problem instanceof ApiProblem) return problem.message;
  if (problem instanceof DOMException && problem.name === 'TimeoutError')
    return `The API did not answer within ${TIMEOUT_MS / 1000} s.`;
  return 'The API cannot be reached.';
}

/** The stable code of a problem of the API; null for others. */
export const problemCode = (problem: unknown): string | null =>
  problem instanceof ApiProblem ? problem.code : null;
