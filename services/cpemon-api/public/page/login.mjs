/* global history, location */
import { byId, setText } from './element.mjs';

const state = byId('login-state');
const link = location.hash.slice(1);
// It is good once, and stands in no history after that.
history.replaceState(null, '', location.pathname);

/** What a person reads when the link opens nothing. */
const REFUSALS = new Map([
  ['invalid_login_link', 'This link was used before, or is over. Ask for a new one: npm run cpemon -- login'],
  ['no_sessions', 'Nobody can log in here: SESSION_SECRETS is not set.'],
]);

async function logIn() {
  setText(state, 'Logging in …');
  const answer = await fetch('/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ link }),
  });
  if (answer.ok) {
    location.replace('/');
    return;
  }
  const { code } = await answer.json();
  setText(state, REFUSALS.get(code) ?? `The server refused: ${String(code)}.`);
}

if (link === '') setText(state, 'A login link is needed: npm run cpemon -- login makes one.');
else logIn().catch(() => setText(state, 'The server does not answer. Open the link again.'));
