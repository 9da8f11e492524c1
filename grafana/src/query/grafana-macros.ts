/** The time shown and what Grafana makes of it, for a panel of some hundred points. */
export interface ShownTime {
  /** Epoch seconds. */
  from: number;
  to: number;
  /** Interval between two points, seconds. */
  step: number;
  /** Scrape interval that the data source is told (jsonData.timeInterval), seconds. */
  scrapeSeconds: number;
}

export type VariableValues = Readonly<Record<string, string>>;

/**
 * A PromQL expression as Grafana sends it: `$__rate_interval` is the step plus a scrape and at least four scrapes; a
 * variable with several values becomes a regular expression.
 */
export function expandPromQl(
  expr: string,
  { from, to, step, scrapeSeconds }: ShownTime,
  values: VariableValues,
): string {
  const rateInterval = Math.max(step + scrapeSeconds, 4 * scrapeSeconds);
  const expanded = expr
    .replaceAll('$__rate_interval', `${rateInterval}s`)
    .replaceAll('$__range', `${to - from}s`)
    .replaceAll('$__interval', `${step}s`);
  return withVariables(expanded, values, (value) => value);
}

/** A statement as Grafana's MySQL data source sends it. */
export function expandSql(
  rawSql: string,
  { from, to }: Pick<ShownTime, 'from' | 'to'>,
  values: VariableValues,
): string {
  const expanded = rawSql
    .replace(/\$__timeFilter\(([^)]+)\)/g, `$1 BETWEEN FROM_UNIXTIME(${from}) AND FROM_UNIXTIME(${to})`)
    .replaceAll('$__timeFrom()', `FROM_UNIXTIME(${from})`)
    .replaceAll('$__timeTo()', `FROM_UNIXTIME(${to})`);
  return withVariables(expanded, values, (value) => value);
}

/** Formats of values that we use; Grafana knows more. */
const FORMATS: Record<string, (value: string) => string> = {
  sqlstring: (value) => `'${value.replaceAll("'", "''")}'`,
};

function withVariables(text: string, values: VariableValues, plain: (value: string) => string): string {
  const expanded = text.replace(
    /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g,
    (found, braced?: string, format?: string, bare?: string) => {
      const name = braced ?? bare ?? '';
      // What Grafana fills in when a link is clicked.
      if (name.startsWith('__')) return found;
      const value = values[name];
      if (value === undefined) throw new Error(`There is no variable ${name}`);
      const as = format === undefined ? plain : FORMATS[format];
      if (as === undefined) throw new Error(`The format ${format} of the variable ${name} is not known here`);
      return as(value);
    },
  );
  const left = /\$__\w+/.exec(expanded)?.[0];
  if (left !== undefined) throw new Error(`${left} is no macro that is known here`);
  return expanded;
}
