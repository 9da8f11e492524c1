/** The API answered with something other than success. `code` is the stable one of its problem document. */
export class ApiProblem extends Error {
  /** @param {{ status: number, code?: string, detail?: string, retryAfterSeconds?: number }} problem */
  constructor({ status, code, detail, retryAfterSeconds }) {
    super(detail ?? code ?? `status ${status}`);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Only another token will change this answer. */
  get wantsToken() {
    return this.status === 401 || this.status === 403;
  }
}

/** The API answered, but not with what this page knows how to show. */
export class UnreadableAnswer extends Error {
  /** @param {{ cause: unknown }} options */
  constructor(options) {
    super('the answer has an unknown form', options);
    this.name = 'UnreadableAnswer';
  }
}

/**
 * @param {string} path relative to the page, so that it works behind a proxy's prefix
 * @param {{ signal: AbortSignal, token: string | null }} options
 * @returns {Promise<any>} the answer's JSON
 */
export async function getJson(path, { signal, token }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (token !== null) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(path, { headers, signal, cache: 'no-store', credentials: 'same-origin' });
  if (response.ok) return response.json();
  const retryAfter = Number(response.headers.get('Retry-After') ?? '');
  const problem = await response.json().catch(() => ({}));
  throw new ApiProblem({
    status: response.status,
    ...(typeof problem?.code === 'string' && { code: problem.code }),
    ...(typeof problem?.detail === 'string' && { detail: problem.detail }),
    ...(retryAfter > 0 && { retryAfterSeconds: retryAfter }),
  });
}

/** A sentence about why there is no answer. @param {unknown} problem */
export function describeProblem(problem) {
  if (problem instanceof ApiProblem) {
    return `The API answers ${problem.status}${problem.message ? ` (${problem.message})` : ''}.`;
  }
  if (problem instanceof Error && problem.name === 'PollTimeout') return `The API gives ${problem.message}.`;
  if (problem instanceof UnreadableAnswer) return 'The API answers in a form that this page does not know.';
  if (problem instanceof SyntaxError) return 'The API answers with something that is not JSON.';
  return 'The API cannot be reached.';
}
