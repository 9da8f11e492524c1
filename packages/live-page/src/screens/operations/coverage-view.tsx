import { metricLabel } from '../../charts/readings.js';
import { api } from '../../data/api.js';
import { useAnswer } from '../../data/use-answer.js';
import { place } from '../../frame/router.js';
import { withQuery } from '../../frame/url-state.js';
import { Age } from '../../parts/age.js';
import { AnswerNote } from '../../parts/answer-note.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Panel } from '../../parts/panel.js';
import { formatCount, formatShare } from '../../words/format.js';
import type { FirmwareCoverage } from './operations-answers.js';
import { ModelCoverageView } from './model-coverage.js';

/** What each model and firmware sends, what stopped after an upgrade, and what no mapping reads. */
export function CoverageView() {
  const model = place.value.query.get('model');
  return model === null ? <Models /> : <ModelCoverageView key={model} model={model} />;
}

function Models() {
  const asked = useAnswer<{ items: FirmwareCoverage[] }>(
    'coverage',
    () => api.call('getCoverage', {}) as unknown as Promise<{ items: FirmwareCoverage[] }>,
  );
  return (
    <Panel title="Mapping coverage">
      <p class="hint">What models and firmwares send, by the reports that were looked at.</p>
      <AnswerNote of={asked} what="Coverage" />
      {asked.answer !== null && (
        <DataTable
          label="Mapping coverage"
          columns={COLUMNS}
          rows={asked.answer.items}
          keyOf={({ model, firmware }) => `${model} ${firmware}`}
          empty="No report was looked at yet."
          rowClass={({ stopped }) => (stopped.length > 0 ? 'needs-look' : '')}
        />
      )}
    </Panel>
  );
}

export const coveragePath = (model: string): string =>
  withQuery('/operations/coverage', new URLSearchParams({ model }), {});

const named = (metrics: readonly string[]): string => metrics.map(metricLabel).join(', ');

const COLUMNS: readonly Column<FirmwareCoverage>[] = [
  {
    title: 'Model',
    cell: ({ model, manufacturer }) => (
      <>
        <a href={coveragePath(model)}>{model === '' ? 'devices that tell none' : model}</a>{' '}
        <small>{manufacturer}</small>
      </>
    ),
  },
  { title: 'Firmware', cell: ({ firmware }) => firmware },
  { title: 'Reports', isNumber: true, cell: ({ reports }) => formatCount(reports) },
  { title: 'Metrics', isNumber: true, cell: ({ metrics }) => formatCount(metrics) },
  { title: 'Stopped after an upgrade', cell: ({ stopped }) => stopped.length > 0 && <b>{named(stopped)}</b> },
  { title: 'Only as no reading', isExtra: true, cell: ({ only_no_reading: only }) => named(only) },
  { title: 'Read by no mapping', isNumber: true, cell: ({ unmapped }) => formatCount(unmapped) },
  {
    title: 'Looked at',
    isNumber: true,
    isExtra: true,
    cell: ({ looked_at: looked, reports }) => formatShare(looked, reports) ?? formatCount(looked),
  },
  { title: 'Last', isNumber: true, isExtra: true, cell: ({ last_at: at }) => <Age at={at} /> },
];
