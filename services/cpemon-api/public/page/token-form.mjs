import { byId, setText } from './element.mjs';
import { forgetToken, keepToken, readToken } from './viewer-token.mjs';

/** @param {{ onToken: () => void }} options called when a token was given */
export function createTokenForm({ onToken }) {
  const section = byId('token-section');
  const field = /** @type {HTMLInputElement} */ (byId('token'));
  byId('token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    keepToken(field.value.trim());
    field.value = '';
    section.hidden = true;
    onToken();
  });
  return {
    isAsking: () => !section.hidden,
    /** Asks for a token; says so when the one at hand was refused. */
    ask() {
      if (readToken() !== null)
        setText(byId('token-reason'), 'The token was refused. Please give another one.');
      forgetToken();
      if (!section.hidden) return;
      section.hidden = false;
      field.focus();
    },
  };
}
