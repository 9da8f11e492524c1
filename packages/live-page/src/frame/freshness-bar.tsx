import { useEffect } from 'preact/hooks';
import { hasFigures, judgement, warningFacts } from '../data/live.js';
import { ageWords, announcementWords, FRESHNESS_WORDS, warningWords } from '../data/freshness-words.js';

/** How far the page may be believed, in a word and an age. */
export function FreshnessBadge() {
  if (!hasFigures.value) return null;
  const { freshness, ageSeconds } = judgement.value;
  return (
    <p class="freshness" data-freshness={freshness}>
      <span class="beacon" aria-hidden="true" />
      <strong>{FRESHNESS_WORDS[freshness]}</strong> <span class="age">{ageWords(ageSeconds)}</span>
    </p>
  );
}

/** What is wrong with what the page shows: above everything, and read aloud once a change. */
export function StaleOverlay() {
  const judged = judgement.value;
  const facts = warningFacts.value;
  const { freshness } = judged;
  const isBad = hasFigures.value && (freshness === 'old' || freshness === 'behind' || freshness === 'deaf');
  useEffect(() => {
    document.body.dataset['freshness'] = hasFigures.value ? freshness : 'live';
  }, [freshness, hasFigures.value]);
  return (
    <>
      <p class="for-readers" role="status" aria-label="Freshness">
        {announcementWords(judged, facts)}
      </p>
      {isBad && (
        <div class={`stale-bar stale-${freshness}`} data-testid="stale-bar">
          <strong>{FRESHNESS_WORDS[freshness]}.</strong> <span>{warningWords(judged, facts)}</span>
        </div>
      )}
      {isBad && freshness === 'old' && <div class="stale-veil" aria-hidden="true" />}
    </>
  );
}
