import { curvePieces, type Point } from '../data/rate-history.js';

const WIDTH = 120;
const HEIGHT = 28;

/** A small curve without axes: what it ends in stands beside it as a figure. */
export function Curve({
  points,
  lengthMs,
  lowest = 0,
  highest,
  kind,
}: {
  points: readonly Point[];
  lengthMs: number;
  lowest?: number;
  highest: number;
  kind?: string;
}) {
  const box = { width: WIDTH, height: HEIGHT, lowest, highest, lengthMs };
  return (
    <svg
      class={`curve ${kind ?? ''}`}
      viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {curvePieces(points, box).map((piece) => (
        <polyline key={piece.slice(0, 24)} points={piece} />
      ))}
    </svg>
  );
}
