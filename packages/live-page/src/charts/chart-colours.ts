import { colour } from '../frame/theme.js';

const LINE_COLOURS = ['--chart-1', '--chart-2'] as const;

/** Colours of the style sheet as a canvas wants them. */
export interface ChartColours {
  ink: string;
  soft: string;
  line: string;
  lines: string[];
  ofState: Readonly<Record<string, string>>;
}

export const readColours = (): ChartColours => ({
  ...{ ink: colour('--ink'), soft: colour('--ink-soft'), line: colour('--line') },
  lines: LINE_COLOURS.map(colour),
  ofState: {
    ...{ offline: colour('--offline'), stale: colour('--stale'), unknown: colour('--unknown') },
    ...{ degraded: colour('--degraded'), critical: colour('--offline'), warning: colour('--degraded') },
    usual: colour('--ink-soft'),
  },
});

/** @param colour `rgb(…)`, as a browser computes it */
export const faded = (rgb: string, alpha: number): string =>
  rgb.replace(/^rgba?\(([^)/]*?)(?:[,/][^,)]*)?\)$/, (whole, parts: string) => {
    const [red, green, blue] = parts.split(/[\s,]+/).filter(Boolean);
    return blue === undefined ? whole : `rgba(${red}, ${green}, ${blue}, ${alpha})`;
  });
