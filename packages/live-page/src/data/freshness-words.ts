import { formatCount, formatDuration } from '../words/format.js';
import type { Freshness, Judgement } from './freshness.js';

export interface WarningFacts {
  /** A sentence about why there is no new answer. */
  problem: string | null;
  retryInSeconds: number | null;
  lagEvents: number | null | undefined;
  writers: number | null;
  pathsDown: readonly string[];
}

export const FRESHNESS_WORDS: Record<Freshness, string> = {
  connecting: 'Connecting',
  locked: 'Log in',
  live: 'Live',
  behind: 'Behind',
  deaf: 'Intake down',
  old: 'Not live',
};

/** Whole seconds: tenths would only flicker. */
export function ageWords(ageSeconds: number | null): string {
  if (ageSeconds === null) return '';
  return ageSeconds < 1 ? 'data is under 1 s old' : `data is ${formatDuration(ageSeconds)} old`;
}

/** What is wrong, with its figures; empty when nothing is. */
export function warningWords(
  { freshness, ageSeconds, behindSeconds }: Judgement,
  facts: WarningFacts,
): string {
  if (freshness === 'old') {
    const age =
      ageSeconds === null
        ? 'Not all figures have arrived.'
        : `What you see is ${formatDuration(ageSeconds)} old.`;
    return [age, facts.problem ?? 'The API gives old answers.', retryWords(facts.retryInSeconds)]
      .filter(Boolean)
      .join(' ');
  }
  if (freshness === 'behind') {
    const cause = [writersWords(facts.writers), waitingWords(facts.lagEvents, behindSeconds)];
    return [...cause, pathsWords(facts.pathsDown)].filter(Boolean).join(' ');
  }
  return freshness === 'deaf' ? pathsWords(facts.pathsDown) : '';
}

/** The same without figures, for a screen reader: it is told of each change once. */
export function announcementWords({ freshness }: Judgement, facts: WarningFacts): string {
  if (freshness === 'connecting' || freshness === 'locked') return '';
  const told = {
    live: 'The data is current.',
    behind: writersWords(facts.writers),
    deaf: pathsWords(facts.pathsDown),
    old: facts.problem ?? 'The API gives old answers.',
  }[freshness];
  return `${FRESHNESS_WORDS[freshness]}. ${told}`;
}

function retryWords(seconds: number | null): string {
  if (seconds === null) return '';
  return seconds < 1 ? 'Trying again now.' : `Next try in ${formatDuration(seconds)}.`;
}

const writersWords = (writers: number | null): string =>
  writers === 0
    ? 'No writer is running: device states are standing still.'
    : 'Device states are behind the intake.';

function waitingWords(lagEvents: number | null | undefined, behindSeconds: number | null): string {
  if (typeof lagEvents !== 'number' || lagEvents === 0) return '';
  const oldest = behindSeconds === null ? '' : `, the oldest for ${formatDuration(behindSeconds)}`;
  return `${formatCount(lagEvents)} ${lagEvents === 1 ? 'event waits' : 'events wait'} in the log${oldest}.`;
}

const pathsWords = (paths: readonly string[]): string =>
  paths.length === 0
    ? ''
    : `Nobody takes events by ${paths.join(' and ')}: devices that report this way are unknown.`;
