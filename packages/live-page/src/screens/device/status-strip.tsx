import type { StatusBand } from '../../charts/status-bands.js';
import { formatClock, formatDateTime, formatDuration } from '../../words/format.js';

/** How the device was over the time of the charts, an axis a line: colour, pattern and word. */
export function StatusStrip({
  bands: axes,
  span,
}: {
  bands: readonly { name: string; bands: readonly StatusBand[] }[];
  span: { from: number; to: number };
}) {
  const length = span.to - span.from;
  return (
    <div class="axes">
      {axes.map(({ name, bands }) => (
        <div key={name} class="axis-row">
          <span class="axis-name">{name}</span>
          <div class="axis-bands" role="img" aria-label={`${name}: ${bandWords(bands)}`}>
            {bands.map(({ from, until, state }) => {
              const share = (100 * (until - from)) / length;
              return (
                <span
                  key={from}
                  class={`band band-${state ?? 'nothing'}`}
                  style={{ width: `${share}%` }}
                  title={`${state ?? 'not known'}, ${formatDateTime(from)} to ${formatClock(until)}`}
                >
                  {share > WORD_FROM_PERCENT ? state : ''}
                </span>
              );
            })}
          </div>
        </div>
      ))}
    </div>
  );
}

/** A band that is narrower has no room for its word. */
const WORD_FROM_PERCENT = 12;

const bandWords = (bands: readonly StatusBand[]): string =>
  bands
    .map(({ from, until, state }) => `${state ?? 'not known'} for ${formatDuration((until - from) / 1000)}`)
    .join(', ');
