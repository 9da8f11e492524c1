import { useMemo } from 'preact/hooks';
import { chartsOf, type ChartPlan } from '../../charts/chart-plans.js';
import { partMs, RANGES, readRange, wordsOfRange, type Range } from '../../charts/chart-ranges.js';
import type { ChartMark, ChartPicture } from '../../charts/chart-overlays.js';
import { chartView } from '../../charts/chart-view.js';
import { LineChart } from '../../charts/line-chart.js';
import { axisChanges, statusBands, troubleBands, type StatusBand } from '../../charts/status-bands.js';
import { place, setQuery } from '../../frame/router.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { Panel } from '../../parts/panel.js';
import { parseTime } from '../../words/format.js';
import type { DeviceAnswer } from './device-answer.js';
import { StatusStrip } from './status-strip.js';
import { keyOfLine, useChartAnswers, type ChartAnswers } from './use-chart-answers.js';
import type { Judgement } from './use-judgement.js';

/** Readings over time, with the bounds they are judged by, what is usual, and when something was wrong. */
export function DeviceCharts({ device, judged }: { device: DeviceAnswer; judged: Judgement | null }) {
  const range = readRange(place.value.query.get('range'));
  const names = Object.keys(device.metrics).join();
  const plans = useMemo(() => chartsOf(names.split(',')), [names]);
  const asked = useChartAnswers(device, plans, range);
  const { answer } = asked;
  const pictures = useMemo(
    () => (answer === null ? null : picturesOf(device, plans, range, answer, judged)),
    [answer, judged, plans],
  );
  const isEmpty = pictures?.charts.every(({ view }) => view.isEmpty) === true;
  return (
    <Panel title="Over time" aside={<RangeChoice range={range} />}>
      <AnswerNote of={asked} what="What was read" />
      {plans.length === 0 && <p class="empty">The device tells nothing that is drawn.</p>}
      {pictures !== null && plans.length > 0 && (
        <>
          <StatusStrip bands={pictures.strips} span={pictures.span} />
          {isEmpty ? (
            <p class="note">
              Nothing was read in {wordsOfRange(range)}. Either the device told nothing, or no history is
              kept: writers keep it with <code>HISTORY=on</code>.
            </p>
          ) : (
            <div class="charts">
              {plans.map((plan, index) => (
                <LineChart key={plan.name} title={plan.title} picture={pictures.charts[index]!} />
              ))}
            </div>
          )}
          {!isEmpty && (
            <p class="hint">
              {tierWords(pictures.tiers)} Hatched: not heard. R: restart. F: new firmware. Dashes: bounds of
              health rules. Dots: usual for this device.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}

function RangeChoice({ range }: { range: Range }) {
  return (
    <div class="choices" role="group" aria-label="How far back">
      {RANGES.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === range}
          title={wordsOfRange(each)}
          onClick={() => setQuery({ range: each })}
        >
          {each}
        </button>
      ))}
    </div>
  );
}

interface Pictures {
  span: ChartAnswers['span'];
  charts: ChartPicture[];
  strips: { name: string; bands: StatusBand[] }[];
  tiers: ReadonlySet<string>;
}

function picturesOf(
  device: DeviceAnswer,
  plans: readonly ChartPlan[],
  range: Range,
  { span, lines, events, areAllEvents }: ChartAnswers,
  judged: Judgement | null,
): Pictures {
  // Before it was heard for the first time it was nothing.
  const known = { span, areAll: areAllEvents, firstAt: parseTime(device.first_seen) ?? span.from };
  const reachability = statusBands(
    axisChanges(events, 'reachability'),
    { state: device.reachability, since: parseTime(device.since) },
    known,
  );
  const health = statusBands(
    axisChanges(events, 'health'),
    { state: device.health, since: parseTime(device.health_since) },
    known,
  );
  const bands = troubleBands(reachability, health);
  const marks = events.flatMap(({ type, at }): ChartMark[] => {
    const letter = LETTERS[type];
    return letter === undefined ? [] : [{ at: Date.parse(at), letter }];
  });
  return {
    span,
    charts: plans.map((plan) => ({
      ...{ span, bands, marks, atLeast: plan.atLeast },
      view: chartView({
        plan,
        answers: plan.lines.map((line) => lines.get(keyOfLine(line)) ?? null),
        rules: judged?.rules ?? [],
        usual: judged?.usual ?? {},
        intervalSeconds: device.interval_seconds,
        partSeconds: partMs(range) / 1000,
      }),
    })),
    strips: [
      { name: 'Reachability', bands: reachability },
      { name: 'Health', bands: health },
    ],
    tiers: new Set([...lines.values()].map(({ tier }) => tier)),
  };
}

const LETTERS: Readonly<Record<string, string>> = { boot: 'R', firmware: 'F' };

const TIERS: Readonly<Record<string, string>> = {
  samples: 'Drawn from single readings.',
  hours: 'Drawn from hourly figures: the band is the lowest and highest of each.',
  days: 'Drawn from daily figures: the band is the lowest and highest of each.',
};

const tierWords = (tiers: ReadonlySet<string>): string =>
  [...tiers].map((tier) => TIERS[tier] ?? '').join(' ');
