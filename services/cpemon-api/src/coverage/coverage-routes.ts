import { requestReader } from '@cpemon/contracts';
import { OperatorError } from '@cpemon/event-log';
import { readCoverage } from '@cpemon/store';
import type { OperatorRoutes } from '../operators/operator-router.js';
import { coverageView, modelCoverageView } from './coverage-view.js';

const QUERY = requestReader<{ model?: string }>({
  properties: {
    model: {
      ...{ type: 'string', maxLength: 64 },
      description:
        'One model in full, with its metrics and what no mapping reads; empty: of devices that tell none',
    },
  },
});

/** `GET /v1/coverage`: what each model and firmware sends, and what of it no mapping reads. */
export function addCoverageRoutes({ get }: OperatorRoutes): void {
  get(
    '/v1/coverage',
    QUERY,
    async ({ query: { model }, connection }) => {
      const rows = await readCoverage(connection, model);
      if (model === undefined) return coverageView(rows);
      if (rows.models.length === 0)
        throw new OperatorError(404, 'unknown_model', `No report of a model "${model}" was counted.`);
      return modelCoverageView(model, rows);
    },
    {
      summary: 'What each model and firmware sends, and what of it no mapping reads',
      tag: 'devices',
      problems: [404],
    },
  );
}
