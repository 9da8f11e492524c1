import type uPlot from 'uplot';
import { lonelyReadings } from './align-lines.js';
import { axisTimes } from './axis-times.js';
import { faded, readColours, type ChartColours } from './chart-colours.js';
import { drawBands, drawLevels, drawMarks, type ChartPicture } from './chart-overlays.js';
import { scaleOf, type ChartView } from './chart-view.js';
import { drawnText } from './readings.js';

export interface DrawnChart {
  show(picture: ChartPicture): void;
  resize(width: number): void;
  destroy(): void;
}

const HEIGHT = 168;
const FONT = '11px system-ui, sans-serif';
/** Wide enough for "−27.5" and "100 M". */
const AXIS_WIDTH = 52;
/** Charts of a screen move their cursors together. */
const CURSOR_GROUP = 'device';

/**
 * Draws a chart. The library comes when the first one is drawn: screens without charts do without it.
 * @param onCursor index of the moment under the pointer of any chart; null when there is none
 */
export async function drawChart(
  target: HTMLElement,
  first: ChartPicture,
  { width, onCursor }: { width: number; onCursor: (index: number | null) => void },
): Promise<DrawnChart> {
  const { default: Plot } = await import('uplot');
  let picture = first;
  const colours = readColours();
  const options: uPlot.Options = {
    ...{ width, height: HEIGHT, pxAlign: 1 },
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: CURSOR_GROUP, scales: ['x', null] } },
    scales: {
      x: { time: true, range: () => [picture.span.from / 1000, picture.span.to / 1000] },
      y: { range: () => scaleOf(picture.view, picture.atLeast) },
    },
    axes: [
      { ...axisLook(colours), values: (_, times, __, ___, step) => axisTimes(times, step) },
      {
        ...axisLook(colours),
        ...{ size: AXIS_WIDTH, space: 32 },
        values: (_, values) => values.map((value) => shortText(value, picture.view.unit)),
      },
    ],
    series: [{}, ...first.view.labels.flatMap((_, index) => seriesOf(index, colours, () => picture))],
    bands: first.view.labels.map((_, index) => ({
      series: [index * 3 + 2, index * 3 + 1],
      fill: faded(colours.lines[index % colours.lines.length]!, 0.16),
    })),
    hooks: {
      drawAxes: [
        (plot) => {
          drawBands(plot, picture, colours);
          drawLevels(plot, picture.view.levels, colours);
          drawMarks(plot, picture.marks, colours);
        },
      ],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
    },
  };
  const plot = new Plot(options, dataOf(first.view), target);
  return {
    show(next) {
      picture = next;
      plot.setData(dataOf(next.view));
    },
    resize: (wide) => plot.setSize({ width: wide, height: HEIGHT }),
    destroy: () => plot.destroy(),
  };
}

const axisLook = ({ soft, line }: ChartColours): Partial<uPlot.Axis> => ({
  ...{ stroke: soft, font: FONT, gap: 4 },
  grid: { stroke: line, width: 1 },
  ticks: { stroke: line, width: 1, size: 4 },
});

/** A number alone where the unit stands in the title; with a prefix where it is scaled. */
const shortText = (value: number, unit: string): string =>
  unit === 'bit/s' || unit === 'bytes'
    ? drawnText(value, unit).replace(/(?:bit\/s|B)$/, '')
    : drawnText(value, unit === 's' ? unit : '');

function seriesOf(index: number, { lines }: ChartColours, shown: () => ChartPicture): uPlot.Series[] {
  const stroke = lines[index % lines.length]!;
  const edge: uPlot.Series = { stroke: 'transparent', width: 1, points: { show: false } };
  return [
    edge,
    edge,
    {
      ...{ stroke, width: 1.75 },
      ...(index === 0 ? {} : { dash: [6, 3] }),
      points: {
        ...{ show: true, size: 4, fill: stroke, stroke },
        filter: () => lonelyReadings(shown().view.aligned.lines[index]?.mean ?? []),
      },
    },
  ];
}

const dataOf = ({ aligned }: ChartView): uPlot.AlignedData => [
  aligned.times,
  ...aligned.lines.flatMap(({ min, max, mean }) => [min, max, mean]),
];
