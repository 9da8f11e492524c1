import { useEffect, useState } from 'preact/hooks';
import { problemCode, problemWords } from '../../data/api.js';
import { logInWithLink } from '../../data/session.js';
import { navigate } from '../../frame/router.js';
import { showTitle } from '../../frame/title.js';

/** What a person reads when the link opens nothing. */
const REFUSALS: Readonly<Record<string, string>> = {
  invalid_login_link: 'This link was used before, or is over. Ask for a new one: npm run cpemon -- login',
  no_sessions: 'Nobody can log in here: SESSION_SECRETS is not set.',
};
const NO_LINK = 'A login link is needed: npm run cpemon -- login makes one.';

/** Exchanges the secret behind the `#` of a login link for a session. It is good once, and stands in no history after that. */
export function LoginScreen() {
  const [words, setWords] = useState('Logging in …');
  useEffect(() => {
    showTitle('Log in');
    const link = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
    if (link === '') {
      setWords(NO_LINK);
      return;
    }
    logInWithLink(link).then(
      () => navigate('/', { replace: true }),
      (problem: unknown) => setWords(REFUSALS[problemCode(problem) ?? ''] ?? problemWords(problem)),
    );
  }, []);
  return (
    <section class="panel narrow" aria-labelledby="login-title">
      <h1 id="login-title">CPEmon</h1>
      <p id="login-state" role="status">
        {words}
      </p>
      <p>
        <a href="/">To the live page</a>
      </p>
    </section>
  );
}
