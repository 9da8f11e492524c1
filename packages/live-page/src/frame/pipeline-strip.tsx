import { useId, useState } from 'preact/hooks';
import { judgeBacklog, type BacklogState } from '../data/freshness.js';
import { CURVE_MS, curvePoints, judgement, pathsDown, pipeline, type CurvePoint } from '../data/live.js';
import type { Pipeline } from '../data/figures.js';
import { Curve } from '../parts/curve.js';
import { StatusShape } from '../parts/status-badge.js';
import { formatCompact, formatCount, formatRate, NOTHING } from '../words/format.js';
import { backlogWords, writerLetters } from './pipeline-words.js';
import { PipelineDetails } from './pipeline-details.js';

/** On every screen: how events come in, wait and are applied; what explains figures that stand still. */
export function PipelineStrip() {
  const [isOpen, setOpen] = useState(false);
  const detailsId = useId();
  const shown = pipeline.value;
  if (shown === null)
    return (
      <section class="pipeline-strip" aria-label="Pipeline" data-state="unknown">
        <p class="pipeline-row strip-words">The pipeline’s figures have not arrived.</p>
      </section>
    );
  const isOld = judgement.value.freshness === 'old';
  const backlog = judgeBacklog({
    lagEvents: shown.totals.lag_events,
    oldestUnappliedAgeSeconds: shown.totals.oldest_unapplied_age_seconds,
    acceptRate: shown.totals.accept_rate,
    drainRate: shown.totals.drain_rate,
    writers: shown.writers.length,
  });
  return (
    <section class="pipeline-strip" aria-label="Pipeline" data-state={backlog.state}>
      <div class="pipeline-row">
        <Stages shown={shown} state={backlog.state} points={curvePoints.value} />
        <Writers shown={shown} />
        <Lanes shown={shown} />
        <Losses shown={shown} />
        <p class="strip-words">
          {isOld ? 'This is how it was.' : backlog.sentence}
          {pathsDown.value.length > 0 && ` Nobody takes events by ${pathsDown.value.join(' and ')}.`}
        </p>
        <button
          type="button"
          class="plain"
          aria-expanded={isOpen}
          aria-controls={detailsId}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Less' : 'Details'}
        </button>
      </div>
      <div id={detailsId} class="strip-details" hidden={!isOpen}>
        {isOpen && <PipelineDetails shown={shown} />}
      </div>
    </section>
  );
}

function Stages(props: { shown: Pipeline; state: BacklogState; points: readonly CurvePoint[] }) {
  const { shown, state, points } = props;
  const { totals } = shown;
  const highestRate = Math.max(1, ...points.flatMap((each) => [each.acceptRate ?? 0, each.drainRate ?? 0]));
  const highestLag = Math.max(100, ...points.map(({ lag }) => lag ?? 0));
  const curve = (of: (point: CurvePoint) => number | null, highest: number, kind = '') => (
    <Curve
      points={points.map((point) => ({ at: point.at, value: of(point) }))}
      lengthMs={CURVE_MS}
      highest={highest}
      kind={kind}
    />
  );
  return (
    <dl class="stages">
      <div class="stage">
        <dt>Accepted</dt>
        <dd>
          <b>{formatRate(totals.accept_rate) ?? NOTHING}</b> /s
        </dd>
        <dd class="stage-curve">{curve(({ acceptRate }) => acceptRate, highestRate)}</dd>
      </div>
      <div class="stage stage-backlog">
        <dt>Backlog</dt>
        <dd>
          <b title={`${formatCount(totals.lag_events)} events`}>{formatCompact(totals.lag_events)}</b>{' '}
          <small>{backlogWords(totals, state)}</small>
        </dd>
        <dd class="stage-curve">{curve(({ lag }) => lag, highestLag, 'curve-backlog')}</dd>
      </div>
      <div class="stage">
        <dt>Applied</dt>
        <dd>
          <b>{formatRate(totals.drain_rate) ?? NOTHING}</b> /s
        </dd>
        <dd class="stage-curve">{curve(({ drainRate }) => drainRate, highestRate)}</dd>
      </div>
    </dl>
  );
}

function Writers({ shown: { writers } }: { shown: Pipeline }) {
  const letters = writerLetters(writers.map(({ member }) => member));
  return (
    <p class="strip-part" data-testid="writers">
      <span class="strip-title">{writers.length === 1 ? 'Writer' : 'Writers'}</span>{' '}
      {writers.length === 0 ? (
        <b class="mark-offline">
          <StatusShape mark="offline" /> none
        </b>
      ) : (
        <b class="mark-online" title={writers.map(({ member }) => member).join(', ')}>
          <StatusShape mark="online" />{' '}
          {writers.length > 6 ? writers.length : [...letters.values()].join(' ')}
        </b>
      )}
    </p>
  );
}

/** Below this lag a bar is not drawn at full height even when its lane has the longest one: 3 events are no backlog. */
const SMALLEST_SCALE_EVENTS = 100;
/** More are drawn nowhere: a bar would be thinner than a pixel. */
const MOST_BARS = 128;

function Lanes({ shown: { lanes } }: { shown: Pipeline }) {
  const scale = Math.max(SMALLEST_SCALE_EVENTS, ...lanes.map(({ lag_events: lag }) => lag));
  const ownerless = lanes.filter(({ owner }) => owner === null).length;
  const words = `${lanes.length} lanes, ${ownerless === 0 ? 'all owned' : `${ownerless} without a writer`}`;
  return (
    <p class="strip-part lanes" title={words}>
      <span class="for-readers">{words}</span>
      <svg viewBox={`0 0 ${Math.min(MOST_BARS, lanes.length) * 5} 20`} aria-hidden="true">
        {lanes.slice(0, MOST_BARS).map(({ generation, lane, lag_events: lag, owner }, index) => {
          const height = Math.max(2, (20 * lag) / scale);
          return (
            <g key={`${generation}.${lane}`} class={owner === null ? 'ownerless' : ''}>
              <rect class="tube" x={index * 5} y={0} width={4} height={20} />
              <rect class="fill" x={index * 5} y={20 - height} width={4} height={height} />
            </g>
          );
        })}
      </svg>
    </p>
  );
}

function Losses({ shown: { totals } }: { shown: Pipeline }) {
  if (totals.dead_letters + totals.parked_events === 0) return null;
  return (
    <p class="strip-part">
      <a href="/operations/dead-letters" class="mark-degraded">
        <StatusShape mark="warning" /> {formatCompact(totals.dead_letters)} given up
        {totals.parked_events > 0 && `, ${formatCompact(totals.parked_events)} parked`}
      </a>
    </p>
  );
}
