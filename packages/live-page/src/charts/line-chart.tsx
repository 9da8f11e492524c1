import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { coloursVersion } from '../frame/theme.js';
import { formatDateTime, NOTHING } from '../words/format.js';
import type { ChartPicture } from './chart-overlays.js';
import { drawChart, type DrawnChart } from './draw-chart.js';
import { drawnText } from './readings.js';

/**
 * A chart of a plan, with its newest values or those under the pointer. Who cannot see it is told the newest, lowest and
 * highest reading.
 */
export function LineChart({
  title,
  picture,
  note,
}: {
  title: string;
  picture: ChartPicture;
  note?: string | null;
}) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnChart | null>(null);
  const newest = useRef(picture);
  const [index, setIndex] = useState<number | null>(null);
  const titleId = useId();
  const { view } = picture;
  newest.current = picture;
  const colours = coloursVersion.value;
  const lines = view.labels.join('\n');

  useEffect(() => {
    const target = box.current;
    if (target === null || view.isEmpty) return;
    let isGone = false;
    const width = (): number => Math.max(160, Math.floor(target.clientWidth));
    const resizer = new ResizeObserver(() => drawn.current?.resize(width()));
    void drawChart(target, newest.current, { width: width(), onCursor: setIndex }).then((chart) => {
      if (isGone) return chart.destroy();
      drawn.current = chart;
      chart.show(newest.current);
      resizer.observe(target);
    });
    return () => {
      isGone = true;
      resizer.disconnect();
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [colours, lines, view.isEmpty]);

  useEffect(() => drawn.current?.show(picture), [picture]);

  const at = index === null ? undefined : view.aligned.times[index];
  return (
    <figure class="chart" aria-labelledby={titleId}>
      <figcaption>
        <h3 id={titleId}>
          {title}
          {view.unit !== '' && <small> {view.unit}</small>}
        </h3>
        <ul class="chart-values" aria-hidden="true">
          {view.labels.map((label, line) => (
            <li key={label}>
              <span class={`chart-key chart-key-${(line % 2) + 1}`} />
              {label} <b>{valueAt(picture, line, index)}</b>
            </li>
          ))}
          {at !== undefined && <li class="chart-time">{formatDateTime(at * 1000)}</li>}
        </ul>
        <p class="for-readers">{view.summary}</p>
      </figcaption>
      {view.isEmpty ? (
        <p class="chart-empty">Nothing was read in this time.</p>
      ) : (
        <div ref={box} class="chart-box" aria-hidden="true" />
      )}
      {note !== null && note !== undefined && <p class="hint">{note}</p>}
    </figure>
  );
}

function valueAt({ view }: ChartPicture, line: number, index: number | null): string {
  if (index === null) return view.latest[line] ?? NOTHING;
  const value = view.aligned.lines[line]?.mean[index];
  return typeof value === 'number' ? drawnText(value, view.unit) : NOTHING;
}
