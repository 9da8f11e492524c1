import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { navigate } from '../../frame/router.js';
import { coloursVersion } from '../../frame/theme.js';
import { drawHeatCells, drawStarts, heatColours, type HeatColours } from './draw-heat.js';
import { cellWords, type HeatCell } from './heat-cell.js';
import { layOutHeat } from './heat-layout.js';

/** Cells that are drawn; what changes in place is told through `follow`, without drawing the screen anew. */
export interface HeatCells {
  cells: readonly HeatCell[];
  starts: readonly number[];
  /** Called with the index of each cell that changes. @returns the end of it */
  follow?: (onChange: (index: number) => void) => () => void;
}

const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const;

/** A square for each cell, on a canvas: points, clicks, and keys lead into them. */
export function HeatGrid({
  of,
  label,
  hrefOf,
  heightWanted,
}: {
  of: HeatCells;
  /** What the grid shows, read aloud. */
  label: string;
  hrefOf: (cell: HeatCell) => string;
  /** CSS pixels. */
  heightWanted: number;
}) {
  const { cells, starts, follow } = of;
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<number | null>(null);
  const [isFocused, setFocused] = useState(false);
  const [, setDrawn] = useState(0);
  const layout = useMemo(
    () => layOutHeat(cells.length, { width: Math.max(60, width), heightWanted }),
    [cells.length, width, heightWanted],
  );
  const version = coloursVersion.value;
  const colours = useRef<HeatColours | null>(null);

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const context = useCallback(
    (): CanvasRenderingContext2D | null => canvas.current?.getContext('2d') ?? null,
    [],
  );

  useLayoutEffect(() => {
    const element = canvas.current;
    const drawing = context();
    if (element === null || drawing === null || width === 0) return;
    const scale = devicePixelRatio || 1;
    element.width = Math.round(width * scale);
    element.height = Math.round(layout.height * scale);
    element.style.height = `${layout.height}px`;
    drawing.setTransform(scale, 0, 0, scale, 0, 0);
    colours.current = heatColours();
    drawHeatCells(drawing, layout, cells, cells.keys(), colours.current);
    drawStarts(drawing, layout, starts, colours.current);
  }, [layout, cells, version, width]);

  // Many changes are drawn at once, as often as the screen is.
  useEffect(() => {
    if (follow === undefined) return undefined;
    const changed = new Set<number>();
    let frame = 0;
    const stop = follow((index) => {
      changed.add(index);
      if (frame === 0)
        frame = requestAnimationFrame(() => {
          frame = 0;
          const drawing = context();
          if (drawing !== null && colours.current !== null)
            drawHeatCells(drawing, layout, cells, changed, colours.current);
          changed.clear();
          setDrawn((before) => before + (pointedNow.current === null ? 0 : 1));
        });
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [follow, layout, cells]);

  const pointedNow = useRef(pointed);
  pointedNow.current = pointed;
  const shown = pointed === null || pointed >= cells.length ? null : pointed;
  const cell = shown === null ? undefined : cells[shown];

  const onKeyDown = (event: KeyboardEvent): void => {
    if (cells.length === 0) return;
    const direction = ARROWS[event.key as keyof typeof ARROWS] as (typeof ARROWS)['ArrowUp'] | undefined;
    if (direction !== undefined) setPointed(shown === null ? 0 : layout.neighbour(shown, direction));
    else if (event.key === 'Home') setPointed(0);
    else if (event.key === 'End') setPointed(cells.length - 1);
    else if (event.key === 'Escape') setPointed(null);
    else if (event.key === 'Enter' && cell !== undefined) navigate(hrefOf(cell));
    else return;
    event.preventDefault();
  };

  return (
    <div class="heat" ref={box}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-roledescription="heat grid"
        aria-label={`${label}. Arrow keys go from cell to cell, Enter opens one.`}
        onPointerMove={(event) => setPointed(layout.cellAt(event.offsetX, event.offsetY))}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          const clicked = cells[layout.cellAt(event.offsetX, event.offsetY) ?? -1];
          if (clicked !== undefined) navigate(hrefOf(clicked));
        }}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false);
          setPointed(null);
        }}
        onKeyDown={onKeyDown}
      />
      {cell !== undefined && shown !== null && (
        <CellNote cell={cell} corner={layout.cornerOf(shown)} pitch={layout.pitch} width={width} />
      )}
      <p class="for-readers" aria-live="polite">
        {isFocused && cell !== undefined && Object.values(cellWords(cell)).join(': ')}
      </p>
    </div>
  );
}

const NOTE_WIDTH = 260;

function CellNote(props: { cell: HeatCell; corner: { x: number; y: number }; pitch: number; width: number }) {
  const { cell, corner, pitch, width } = props;
  const { title, words } = cellWords(cell);
  const left = Math.max(0, Math.min(corner.x, width - NOTE_WIDTH));
  return (
    <>
      <span
        class="heat-frame"
        style={{
          left: `${corner.x - 1}px`,
          top: `${corner.y - 1}px`,
          width: `${pitch + 1}px`,
          height: `${pitch + 1}px`,
        }}
      />
      <div
        class="heat-note"
        style={{ left: `${left}px`, top: `${corner.y + pitch + 4}px` }}
        aria-hidden="true"
      >
        <b>{title}</b>
        <br />
        {words}
      </div>
    </>
  );
}
