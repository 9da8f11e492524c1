import type { Dashboard, Panel, ThresholdStep } from '../../../grafana/src/model/dashboard.js';
import type { DrawnSeries, PanelData } from './panel-data.js';
import { unitText } from './unit-text.js';

/** Pixels of one step of Grafana's grid of 24 columns. */
const STEP = { width: 60, height: 34 };
const GAP = 6;
const HEAD = 56;
const TITLE = 24;
const SHOWN_SERIES = 8;
const SHOWN_ROWS = 40;

const PALETTE = ['#3b7dd8', '#e0803a', '#3f9c57', '#c4443f', '#8661c5', '#8d6e4b', '#d169a8', '#6f7780'];
const NAMED: Record<string, string> = {
  ...{ green: '#3f9c57', orange: '#e0803a', red: '#c4443f', blue: '#3b7dd8' },
};
const STYLE = `text{font-family:system-ui,sans-serif;font-size:12px;fill:#24292f}.t{font-weight:600}.d{fill:#6f7780}
.n{font-size:26px;font-weight:600}.h{font-size:20px;font-weight:600}.q{font-size:15px;font-weight:600}`;

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );
const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(0)}" y="${y.toFixed(0)}" ${more}>${escaped(words)}</text>`;
const cut = (words: string, width: number): string => {
  const most = Math.max(3, Math.floor(width / 6.6));
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
};

/** A picture of a dashboard with what its queries found, for those who have no Grafana at hand. It is not how Grafana draws. */
export function drawDashboard(dashboard: Dashboard, data: ReadonlyMap<number, PanelData>): string {
  const panels = dashboard.panels.map((panel) => drawPanel(panel, data.get(panel.id)));
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  const [width, height] = [24 * STEP.width + GAP, HEAD + bottom * STEP.height + GAP];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>${STYLE}</style><rect width="100%" height="100%" fill="#f3f4f6"/>
${text(GAP * 2, 26, dashboard.title, 'class="h"')}${text(GAP * 2, 46, dashboard.description, 'class="d"')}
${panels.join('\n')}
</svg>
`;
}

function drawPanel(panel: Panel, data: PanelData | undefined): string {
  const { gridPos, title, type } = panel;
  const box: Box = {
    x: gridPos.x * STEP.width + GAP,
    y: HEAD + gridPos.y * STEP.height,
    width: gridPos.w * STEP.width - GAP,
    height: gridPos.h * STEP.height - GAP,
  };
  if (type === 'row') return text(box.x + 4, box.y + 20, title, 'class="q"');
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="#fff" stroke="#d8dbe0" rx="3"/>`;
  const head = text(box.x + 8, box.y + 17, cut(title, box.width - 16), 'class="t"');
  const inner = {
    ...{ x: box.x + 8, y: box.y + TITLE },
    ...{ width: box.width - 16, height: box.height - TITLE - 6 },
  };
  return frame + head + drawData(panel, data, inner);
}

function drawData(panel: Panel, data: PanelData | undefined, box: Box): string {
  const nothing = panel.fieldConfig?.defaults.noValue ?? 'No data';
  const isEmpty =
    data === undefined || (data.kind === 'series' ? data.series.length : data.rows.length) === 0;
  if (isEmpty) return text(box.x, box.y + box.height / 2, nothing, 'class="d"');
  if (panel.type === 'stat') return drawFigures(panel, data, box);
  if (data.kind === 'table')
    return panel.type === 'barchart' ? drawBars(panel, data.rows, box) : drawTable(panel, data, box);
  return panel.type === 'heatmap' ? drawHeatmap(data.series, box) : drawLines(panel, data.series, box);
}

const colourOf = (value: number, steps: readonly ThresholdStep[] = []): string => {
  const step = steps.filter(({ value: from }) => from === null || value >= from).at(-1);
  return NAMED[step?.color ?? ''] ?? step?.color ?? '#24292f';
};

function drawFigures({ fieldConfig }: Panel, data: PanelData, box: Box): string {
  const { unit, thresholds } = fieldConfig?.defaults ?? {};
  const figures =
    data.kind === 'series'
      ? data.series.map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? NaN }))
      : data.columns.map((name, at) => ({ name, value: Number(data.rows[0]?.[at]) }));
  const width = box.width / figures.length;
  return figures
    .map(({ name, value }, n) => {
      const x = box.x + n * width;
      const label = figures.length > 1 ? text(x, box.y + 14, cut(name, width - 8), 'class="d"') : '';
      const colour = `style="fill:${colourOf(value, thresholds?.steps)}"`;
      return label + text(x, box.y + box.height / 2 + 14, unitText(value, unit), `class="n" ${colour}`);
    })
    .join('');
}

function drawLines({ fieldConfig }: Panel, all: readonly DrawnSeries[], box: Box): string {
  const { unit, thresholds, custom } = fieldConfig?.defaults ?? {};
  const series = all.slice(0, SHOWN_SERIES);
  const points = series.flatMap((one) => one.points).filter(([, value]) => Number.isFinite(value));
  if (points.length === 0) return text(box.x, box.y + box.height / 2, 'No figure', 'class="d"');
  const [from, to] = [Math.min(...points.map(([at]) => at)), Math.max(...points.map(([at]) => at))];
  const [low, high] = [Math.min(0, ...points.map(([, v]) => v)), Math.max(1e-9, ...points.map(([, v]) => v))];
  const plot: Box = {
    ...{ x: box.x + 58, y: box.y + 4 },
    ...{ width: box.width - 60, height: box.height - 24 - 15 * Math.ceil(series.length / 4) },
  };
  const x = (at: number): number => plot.x + (plot.width * (at - from)) / Math.max(1, to - from);
  const y = (value: number): number => plot.y + plot.height - (plot.height * (value - low)) / (high - low);
  const grid = [low, (low + high) / 2, high].map(
    (value) =>
      `<line x1="${plot.x}" x2="${plot.x + plot.width}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#e6e8eb"/>` +
      text(plot.x - 5, y(value) + 4, unitText(value, unit), 'class="d" text-anchor="end"'),
  );
  const times = [from, (from + to) / 2, to].map((at, n) =>
    text(
      x(at),
      plot.y + plot.height + 14,
      clock(at),
      `class="d" text-anchor="${['start', 'middle', 'end'][n]}"`,
    ),
  );
  const showsLimits = JSON.stringify(custom ?? {}).includes('"mode":"line"');
  const limits = (showsLimits ? (thresholds?.steps ?? []) : []).flatMap(({ value, color }) =>
    value === null || value > high
      ? []
      : `<line x1="${plot.x}" x2="${plot.x + plot.width}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="${NAMED[color] ?? color}" stroke-dasharray="5 4"/>`,
  );
  const lines = series.map(({ name, points: own }, n) => {
    const path = own
      .filter(([, value]) => Number.isFinite(value))
      .map(([at, value], nth) => `${nth === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
    const legendX = box.x + (n % 4) * (box.width / 4);
    const legendY = box.y + box.height - 15 * (Math.ceil(series.length / 4) - 1 - Math.floor(n / 4)) + 1;
    return (
      `<path d="${path.join('')}" fill="none" stroke="${PALETTE[n % PALETTE.length]}" stroke-width="1.5"/>` +
      text(
        legendX,
        legendY,
        cut(name === '' ? 'value' : name, box.width / 4 - 6),
        `style="fill:${PALETTE[n % PALETTE.length]}"`,
      )
    );
  });
  return [...grid, ...times, ...limits, ...lines].join('');
}

/** Buckets by their upper bounds, each less what is in the one below. */
function drawHeatmap(series: readonly DrawnSeries[], box: Box): string {
  const bounds = series
    .map((one) => ({ ...one, bound: one.name === '+Inf' ? Infinity : Number(one.name) }))
    .sort((one, other) => one.bound - other.bound);
  const times = bounds[0]?.points.map(([at]) => at) ?? [];
  const figures = bounds.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const most = Math.max(1, ...figures);
  const [width, height] = [
    (box.width - 60) / Math.max(1, times.length),
    box.height / Math.max(1, bounds.length),
  ];
  return bounds
    .map(({ name, points }, n) => {
      const y = box.y + box.height - (n + 1) * height;
      const label = text(
        box.x + 52,
        y + height - 1,
        name === '+Inf' ? '∞' : unitText(Number(name), 's'),
        'class="d" text-anchor="end" style="font-size:9px"',
      );
      const cells = points.map(([, value], at) => {
        const own = Math.max(0, value - (bounds[n - 1]?.points[at]?.[1] ?? 0));
        if (!(own > 0)) return '';
        const opacity = (0.1 + 0.9 * Math.sqrt(own / most)).toFixed(2);
        return `<rect x="${(box.x + 60 + at * width).toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="#e0803a" opacity="${opacity}"/>`;
      });
      return label + cells.join('');
    })
    .join('');
}

function drawBars({ fieldConfig }: Panel, rows: readonly unknown[][], box: Box): string {
  const shown = rows.slice(0, Math.max(1, Math.floor(box.height / 18)));
  const most = Math.max(1, ...shown.map(([, value]) => Number(value)));
  return shown
    .map(([name, value], n) => {
      const y = box.y + n * 18;
      const width = ((box.width - 190) * Number(value)) / most;
      return (
        text(box.x, y + 13, cut(wordOf(name), 120)) +
        `<rect x="${box.x + 124}" y="${y + 2}" width="${width.toFixed(1)}" height="13" fill="#3b7dd8"/>` +
        text(box.x + 130 + width, y + 13, unitText(Number(value), fieldConfig?.defaults.unit))
      );
    })
    .join('');
}

function drawTable(panel: Panel, { columns, rows }: PanelData & { kind: 'table' }, box: Box): string {
  const hidden = JSON.stringify(panel.transformations ?? []);
  const seen = columns.flatMap((name, at) => (hidden.includes(`"${name}":true`) ? [] : [{ name, at }]));
  const width = box.width / seen.length;
  const unitOf = (name: string): string | undefined =>
    panel.fieldConfig?.overrides
      .find(({ matcher }) => matcher.options === name)
      ?.properties.find(({ id }) => id === 'unit')?.value as string | undefined;
  const shown = rows.slice(0, Math.min(SHOWN_ROWS, Math.floor(box.height / 16) - 1));
  const head = seen.map(({ name }, n) =>
    text(box.x + n * width, box.y + 12, cut(name, width - 6), 'class="d"'),
  );
  const cells = shown.flatMap((row, line) =>
    seen.map(({ name, at }, n) => {
      const value = row[at];
      const unit = unitOf(name);
      const words = unit !== undefined && value !== null ? unitText(Number(value), unit) : wordOf(value);
      return text(box.x + n * width, box.y + 28 + 16 * line, cut(words, width - 6));
    }),
  );
  return [...head, ...cells].join('');
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace('T', ' ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

const clock = (atSeconds: number): string => new Date(atSeconds * 1000).toISOString().slice(11, 16);
