import { metricLabel } from '../../charts/readings.js';
import { api } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { formatCount, formatPercent, NOTHING } from '../../words/format.js';
import type { ModelCoverage } from './operations-answers.js';

type Firmware = ModelCoverage['firmwares'][number];
type Metric = Firmware['metrics'][number];
type Path = ModelCoverage['unmapped'][number];

/** One model: each firmware's metrics, and the paths that no mapping reads. */
export function ModelCoverageView({ model }: { model: string }) {
  const asked = useAnswer<ModelCoverage>(
    `coverage ${model}`,
    () => api.call('getCoverage', { query: { model } }) as unknown as Promise<ModelCoverage>,
  );
  const { answer } = asked;
  return (
    <>
      <p class="crumb">
        <a href="/operations/coverage">Mapping coverage</a>
      </p>
      <AnswerNote of={asked} what={`Coverage of ${model}`} />
      {answer?.firmwares.map((firmware) => (
        <FirmwarePanel key={firmware.firmware} model={model} firmware={firmware} />
      ))}
      {answer !== null && (
        <Panel title="Read by no mapping">
          <p class="hint">
            Paths that devices send, the most frequent first, with the form of a value. A mapping of your own
            may read them.
          </p>
          <DataTable
            label="Paths that no mapping reads"
            columns={PATHS}
            rows={answer.unmapped}
            keyOf={({ path, last_firmware: firmware }) => `${path} ${firmware}`}
            empty="Every path that was seen is read."
          />
        </Panel>
      )}
    </>
  );
}

function FirmwarePanel({ model, firmware }: { model: string; firmware: Firmware }) {
  const { stopped, metrics, reports } = firmware;
  return (
    <Panel
      title={`${model} ${firmware.firmware}`}
      aside={<span class="hint">{formatCount(reports)} reports</span>}
    >
      {stopped.map(({ metric, before_firmware: before, share_before: share }) => (
        <p key={metric} class="note note-bad">
          {metricLabel(metric)} came with {formatPercent(share * 100)} of the reports on {before}, and comes
          no more.
        </p>
      ))}
      <DataTable
        label={`Metrics of ${firmware.firmware}`}
        columns={METRICS}
        rows={metrics}
        keyOf={({ metric }) => metric}
        empty="No metric was seen."
      />
    </Panel>
  );
}

const share = (value: number | null): string =>
  value === null ? NOTHING : (formatPercent(value * 100) ?? NOTHING);

const METRICS: readonly Column<Metric>[] = [
  { title: 'Metric', cell: ({ metric }) => <span title={metric}>{metricLabel(metric)}</span> },
  { title: 'In reports', isNumber: true, cell: ({ share: seen }) => share(seen) },
  { title: 'As no reading', isNumber: true, cell: ({ no_reading_share: none }) => share(none) },
  { title: 'Last', isNumber: true, cell: ({ last_at: at }) => <Age at={at} /> },
];

const PATHS: readonly Column<Path>[] = [
  { title: 'Path', cell: ({ path }) => <code>{path}</code> },
  { title: 'Form', cell: ({ form, type }) => <code>{[type, form].filter(Boolean).join(' ')}</code> },
  { title: 'In reports', isNumber: true, cell: ({ share: seen }) => share(seen) },
  { title: 'Last firmware', isExtra: true, cell: ({ last_firmware: firmware }) => firmware },
];
