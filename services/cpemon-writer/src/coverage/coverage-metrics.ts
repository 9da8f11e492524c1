import { Counter, type Registry } from '@cpemon/service-kit';

const OUTCOMES = ['written', 'failed'] as const;

/** Declares what Prometheus sees of the counting of what models send. */
export function createCoverageMetrics(
  registry: Registry,
): (outcome: (typeof OUTCOMES)[number], others: number) => void {
  const registers = [registry];
  const flushes = new Counter({
    name: 'cpemon_writer_coverage_flushes_total',
    help: 'Times that counts of what models send were written; of a failed one they are kept for the next',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of OUTCOMES) flushes.inc({ outcome }, 0);
  const others = new Counter({
    name: 'cpemon_writer_coverage_others_total',
    help: 'Rows of coverage without room in their table, which are counted as others',
    registers,
  });
  return (outcome, left) => {
    flushes.inc({ outcome });
    others.inc(left);
  };
}
