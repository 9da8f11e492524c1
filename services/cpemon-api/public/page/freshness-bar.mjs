/* global document */
import { byId, setText } from './element.mjs';
import { FRESHNESS_WORDS, ageWords, announcementWords, warningWords } from './freshness-words.mjs';

/**
 * Says how far the page may be believed.
 * @returns {(judgement: import('./freshness-words.mjs').Judgement, facts: import('./freshness-words.mjs').WarningFacts) => void}
 */
export function createFreshnessBar() {
  const word = byId('freshness-word');
  const age = byId('freshness-age');
  const warning = byId('warning');
  const announcement = byId('announcement');

  return (judgement, facts) => {
    const shortWord = FRESHNESS_WORDS[judgement.freshness];
    document.body.dataset.freshness = judgement.freshness;
    document.title = judgement.freshness === 'live' ? 'CPEmon' : `${shortWord} · CPEmon`;
    setText(word, shortWord);
    setText(age, ageWords(judgement.ageSeconds));
    setText(warning, warningWords(judgement, facts));
    warning.hidden = warning.textContent === '';
    setText(announcement, announcementWords(judgement, facts));
  };
}
