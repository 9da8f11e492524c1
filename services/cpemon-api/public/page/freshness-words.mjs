import { formatCount, formatDuration } from './format.mjs';

/**
 * @typedef {ReturnType<typeof import('./freshness.mjs').judgeFreshness>} Judgement
 * @typedef {object} WarningFacts
 * @property {string | null} problem a sentence about why there is no new answer
 * @property {number | null} retryInSeconds
 * @property {number | null | undefined} lagEvents
 * @property {number | null} writers
 * @property {readonly string[]} pathsDown
 */

export const FRESHNESS_WORDS = {
  connecting: 'Connecting',
  locked: 'Token needed',
  live: 'Live',
  behind: 'Behind',
  deaf: 'Intake down',
  old: 'Not live',
};

/** Whole seconds: tenths would only flicker. @param {number | null} ageSeconds */
export function ageWords(ageSeconds) {
  if (ageSeconds === null) return '';
  return ageSeconds < 1 ? 'data is under 1 s old' : `data is ${formatDuration(ageSeconds)} old`;
}

/** What is wrong, with its figures; empty when nothing is. @param {Judgement} judgement @param {WarningFacts} facts */
export function warningWords({ freshness, ageSeconds, behindSeconds }, facts) {
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

/** The same without figures, for a screen reader: it is told of each change once. @param {Judgement} judgement @param {WarningFacts} facts */
export function announcementWords({ freshness }, facts) {
  if (freshness === 'connecting' || freshness === 'locked') return '';
  const told = {
    live: 'The data is current.',
    behind: writersWords(facts.writers),
    deaf: pathsWords(facts.pathsDown),
    old: facts.problem ?? 'The API gives old answers.',
  }[freshness];
  return `${FRESHNESS_WORDS[freshness]}. ${told}`;
}

/** @param {number | null} seconds */
function retryWords(seconds) {
  if (seconds === null) return '';
  return seconds < 1 ? 'Trying again now.' : `Next try in ${formatDuration(seconds)}.`;
}

/** @param {number | null} writers */
const writersWords = (writers) =>
  writers === 0
    ? 'No writer is running: device states are standing still.'
    : 'Device states are behind the intake.';

/** @param {number | null | undefined} lagEvents @param {number | null} behindSeconds */
function waitingWords(lagEvents, behindSeconds) {
  if (typeof lagEvents !== 'number' || lagEvents === 0) return '';
  const oldest = behindSeconds === null ? '' : `, the oldest for ${formatDuration(behindSeconds)}`;
  return `${formatCount(lagEvents)} ${lagEvents === 1 ? 'event waits' : 'events wait'} in the log${oldest}.`;
}

/** @param {readonly string[]} paths */
const pathsWords = (paths) =>
  paths.length === 0
    ? ''
    : `Nobody takes events by ${paths.join(' and ')}: devices that report this way are unknown.`;
