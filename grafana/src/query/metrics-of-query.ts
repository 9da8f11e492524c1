/**
 * Names of metrics that a PromQL expression asks for: of ours (`cpemon_`), of recording rules (`cpemon:`), and the two of
 * Prometheus itself that we use.
 */
export function metricsOfQuery(expr: string): string[] {
  const withoutTexts = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...new Set(withoutTexts.match(/\b(?:cpemon[_:][\w:]*|ALERTS|up)\b/g) ?? [])];
}

/** Labels with the values that an expression compares them with: `{path="webhook"}`, of one metric. */
export function matchersOfQuery(
  expr: string,
): { metric: string; label: string; operator: string; value: string }[] {
  return [...expr.matchAll(/\b(cpemon_\w+)\{([^}]*)\}/g)].flatMap(([, metric = '', inside = '']) =>
    [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
      ([, label = '', operator = '', value = '']) => ({
        ...{ metric, label, operator, value },
      }),
    ),
  );
}
