import { SHAPES, type Mark } from '../words/statuses.js';

const DRAWN: Record<(typeof SHAPES)[Mark], string> = {
  circle: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z',
  triangle: 'M8 1.5 15.2 14H.8Z',
  half: 'M8 2a6 6 0 0 0 0 12ZM8 2a6 6 0 0 1 0 12v-1.600a4.400 4.400 0 0 0 0-8.800Z',
  cross:
    'm3.4 1.6 4.6 4.600 4.600-4.600 1.800 1.800L9.800 8l4.600 4.600-1.800 1.800L8 9.800l-4.600 4.600-1.800-1.800L6.200 8 1.600 3.400Z',
  diamond: 'M8 .8 15.200 8 8 15.200.8 8Z',
  ring: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Zm0 1.600a4.400 4.400 0 1 0 0 8.800 4.400 4.400 0 0 0 0-8.800Z',
};

/** The shape of a word alone, for where the word stands beside it anyway. */
export function StatusShape({ mark }: { mark: Mark }) {
  return (
    <svg class={`shape mark-${mark}`} viewBox="0 0 16 16" aria-hidden="true">
      <path fill-rule="evenodd" d={DRAWN[SHAPES[mark]]} />
    </svg>
  );
}

/** How something is: shape, colour and word, so that none of them has to be told apart alone. */
export function StatusBadge({ mark, text }: { mark: Mark; text?: string }) {
  return (
    <span class={`badge mark-${mark}`}>
      <StatusShape mark={mark} />
      {text ?? mark}
    </span>
  );
}
