export interface RecordingRule {
  record: string;
  expr: string;
}

/** `pipeline` silences `fleet`: what is not seen cannot be judged. */
export type Layer = 'pipeline' | 'intake' | 'database' | 'fleet' | 'objective' | 'meta';
export type Severity = 'critical' | 'warning' | 'none';

export interface AlertRule {
  alert: string;
  expr: string;
  /** Prometheus' duration. */
  for?: string;
  labels: { severity: Severity; layer: Layer; window?: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

export interface RuleGroup {
  name: string;
  interval?: string;
  rules: (RecordingRule | AlertRule)[];
}

/** Pages of `docs/runbooks`; each alert has a heading of its name on its page. */
export type RunbookPage =
  'alerts-pipeline' | 'alerts-intake' | 'alerts-database' | 'alerts-fleet' | 'alerts-objectives';

export interface AlertFacts {
  alert: string;
  expr: string;
  /** Absent: at once. */
  holds?: string;
  severity: Severity;
  layer: Layer;
  /** Of rules that look at the same over several times. */
  window?: string;
  /** One line for a phone. */
  summary: string;
  /** What it means, with figures. */
  description: string;
  page: RunbookPage;
}

/** Within the repository; whoever hosts its pages puts their address in front (prometheus/README.md). */
export const runbookOf = (page: RunbookPage, alert: string): string =>
  `docs/runbooks/${page}.md#${alert.toLowerCase()}`;

export const alertRule = (facts: AlertFacts): AlertRule => ({
  alert: facts.alert,
  expr: facts.expr,
  ...(facts.holds === undefined ? {} : { for: facts.holds }),
  labels: {
    severity: facts.severity,
    layer: facts.layer,
    ...(facts.window === undefined ? {} : { window: facts.window }),
  },
  annotations: {
    summary: facts.summary,
    description: facts.description,
    runbook_url: runbookOf(facts.page, facts.alert),
  },
});
