import { effect, signal } from '@preact/signals';
import { FRESHNESS_WORDS } from '../data/freshness-words.js';
import { judgement } from '../data/live.js';

const screenTitle = signal('');

/** Names what is shown, in the browser's tab and history. */
export function showTitle(title: string): void {
  screenTitle.value = title;
}

/** A tab that is not live says so. */
export function startTitle(): void {
  effect(() => {
    const { freshness } = judgement.value;
    const isTrouble = freshness === 'old' || freshness === 'behind' || freshness === 'deaf';
    const title = [isTrouble && FRESHNESS_WORDS[freshness], screenTitle.value, 'CPEmon'].filter(Boolean);
    if (document.title !== title.join(' · ')) document.title = title.join(' · ');
  });
}
