import type { Operations } from '@cpemon/api-client';
import { computed, signal } from '@preact/signals';
import { api, csrfToken, isLocked } from './api.js';
import { forgetToken, keepToken } from './viewer-token.js';

export type Session = Operations['getSession']['answer'];

/** Who looks; null until it is known. */
export const session = signal<Session | null>(null);
export const isOperator = computed(() => session.value?.role === 'operator');
export const isSupport = computed(() => session.value?.role === 'support');
/** Whether only devices with some labels are shown. */
export const isLimited = computed(() => Object.keys(session.value?.labels ?? {}).length > 0);
/** Rises when somebody else looks: what is shown is asked for anew. */
export const sessionVersion = signal(0);

/** Asks who looks. @returns whether the API knows them; it says 401 to whom it does not */
export async function findSession(): Promise<boolean> {
  try {
    takeSession(await api.call('getSession', {}));
    return true;
  } catch {
    session.value = null;
    return false;
  }
}

function takeSession(found: Session): void {
  session.value = found;
  csrfToken.value = found.csrf_token;
  isLocked.value = false;
  sessionVersion.value += 1;
}

/** Logs in with the secret of a login link. @throws ApiProblem */
export async function logInWithLink(link: string): Promise<void> {
  forgetToken();
  takeSession(await api.call('postSession', { body: { link } }));
}

/** Looks with a token, kept in this tab only. @returns whether the API takes it */
export async function logInWithToken(token: string): Promise<boolean> {
  keepToken(token);
  if (await findSession()) return true;
  forgetToken();
  return false;
}

export async function logOut(): Promise<void> {
  forgetToken();
  await api.call('deleteSession', {}).catch(() => undefined);
  session.value = null;
  csrfToken.value = null;
  sessionVersion.value += 1;
  await findSession();
}
