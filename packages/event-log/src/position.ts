import { OperatorError } from './operator-error.js';

/** Where an event lies in the log. */
export interface Position {
  generation: number;
  lane: number;
  sequence: number;
}

const POSITION = /^(\d{1,10})-(\d{1,5})-(\d{1,16})$/;
const LARGEST_GENERATION = 4_294_967_295;
const LARGEST_LANE = 65_535;

/** `<generation>-<lane>-<sequence>`, as in texts, addresses and ids. */
export const formatPosition = ({ generation, lane, sequence }: Position): string =>
  `${generation}-${lane}-${sequence}`;

/** @throws OperatorError `invalid_position` */
export function parsePosition(text: string): Position {
  const [, generation = NaN, lane = NaN, sequence = NaN] = (POSITION.exec(text) ?? []).map(Number);
  if (generation <= LARGEST_GENERATION && lane <= LARGEST_LANE && Number.isSafeInteger(sequence)) {
    return { generation, lane, sequence };
  }
  const shown = text.slice(0, 50);
  throw new OperatorError(
    400,
    'invalid_position',
    `${shown} is no position: <generation>-<lane>-<sequence>.`,
  );
}
