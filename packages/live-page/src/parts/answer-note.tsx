import { problemCode, problemWords } from '../data/api.js';
import type { Answered } from '../data/use-answer.js';
import { formatClock } from '../words/format.js';

/** What stands above an answer when it is missing, on its way, or older than it looks. Nothing when all is well. */
export function AnswerNote({ of, what }: { of: Answered<unknown>; what: string }) {
  const { answer, problem, isAsking, receivedAt, reload } = of;
  if (problem !== null) {
    const words = problemWords(problem);
    return (
      <p class="note note-bad" role="alert" data-code={problemCode(problem)}>
        {answer === null
          ? `${what} cannot be shown. ${words}`
          : `${what}: this is how it was at ${formatClock(receivedAt)}. ${words}`}{' '}
        <button type="button" onClick={reload} disabled={isAsking}>
          Try again
        </button>
      </p>
    );
  }
  if (answer === null && isAsking) return <p class="note">Reading {what.toLowerCase()} …</p>;
  return null;
}
