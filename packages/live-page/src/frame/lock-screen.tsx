import { useState } from 'preact/hooks';
import { logInWithToken } from '../data/session.js';

/** What is shown in place of everything when the API answers nobody who is not known. */
export function LockScreen() {
  const [token, setToken] = useState('');
  const [isWrong, setWrong] = useState(false);
  return (
    <section class="panel narrow" aria-labelledby="lock-title">
      <h1 id="lock-title">Log in</h1>
      <p>
        This fleet is shown to those who are known. Open a login link: <code>npm start</code> prints one, and{' '}
        <code>npm run cpemon -- login --name eva --role viewer</code> makes more.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void logInWithToken(token.trim()).then((taken) => setWrong(!taken));
        }}
      >
        <p class="field">
          <label for="token">Or show a token</label>
          <input
            id="token"
            type="password"
            required
            autocomplete="off"
            spellcheck={false}
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </p>
        {isWrong && (
          <p class="note note-bad" role="alert">
            The API does not take this token.
          </p>
        )}
        <p class="actions">
          <button type="submit" class="main">
            Show the fleet
          </button>
        </p>
        <p class="hint">It is kept in this tab only, until the tab is closed.</p>
      </form>
    </section>
  );
}
