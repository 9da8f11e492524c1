import { fleet, TREND_MS, trendPoints, type TrendPoint } from '../../data/live.js';
import { devicesPath } from '../../frame/url-state.js';
import { Curve } from '../../parts/curve.js';
import { StatusShape } from '../../parts/status-badge.js';
import { formatChange, formatCount, formatDuration, formatShare, NOTHING } from '../../words/format.js';
import { MEANINGS, STATUSES, type Status } from '../../words/statuses.js';
import { changeOf, curveRange } from './trend.js';

/** How many devices are how, worst first; each leads to the list of them. */
export function FleetTiles() {
  const shown = fleet.value;
  const points = trendPoints.value;
  return (
    <ul class="tiles" aria-label="Devices by status">
      <li>
        <Tile
          href={devicesPath({})}
          title="Devices"
          count={shown?.devices}
          share="in service"
          points={points}
          of={({ devices }) => devices}
        />
      </li>
      {STATUSES.map((status) => (
        <li key={status}>
          <Tile
            href={devicesPath({ status })}
            mark={status}
            title={status}
            count={shown?.by_status[status]}
            share={formatShare(shown?.by_status[status], shown?.devices) ?? NOTHING}
            more={status === 'degraded' ? criticalWords(shown?.by_health.critical) : undefined}
            points={points}
            of={({ byStatus }) => byStatus[status] ?? null}
          />
        </li>
      ))}
    </ul>
  );
}

const criticalWords = (critical: number | undefined): string | undefined =>
  critical === undefined || critical === 0 ? undefined : `${formatCount(critical)} critical in all`;

function Tile(props: {
  href: string;
  title: string;
  mark?: Status;
  count: number | undefined;
  share: string;
  more?: string | undefined;
  points: readonly TrendPoint[];
  of: (point: TrendPoint) => number | null;
}) {
  const { href, title, mark, count, share, more, points, of } = props;
  const values = points.map((point) => ({ at: point.at, value: of(point) }));
  const change = changeOf(values, count);
  return (
    <a
      href={href}
      class={`tile ${mark === undefined ? '' : `mark-${mark}`}`}
      data-count={count === 0 ? 'none' : 'some'}
      title={mark === undefined ? 'All devices' : MEANINGS[mark]}
    >
      <span class="tile-title">
        {mark !== undefined && <StatusShape mark={mark} />} {title}
      </span>
      <b class="tile-count">{formatCount(count) ?? NOTHING}</b>
      <span class="tile-share">
        {share}
        {more !== undefined && `, ${more}`}
      </span>
      <Curve points={values} lengthMs={TREND_MS} {...curveRange(values)} />
      <span class="tile-change">
        {change === null ? ' ' : `${formatChange(change.by)} in ${formatDuration(change.overMs / 1000)}`}
      </span>
    </a>
  );
}
