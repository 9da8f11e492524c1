/**
 * The part of Grafana's dashboard JSON (schema version 39, which Grafana 10.4 to 13 load) that we use. Own types: the
 * foundation SDK has no target for MySQL.
 */
export type DataSource = 'prometheus' | 'mysql';

/** Fixed, so that no panel points to an id that another installation has not. */
export const DATA_SOURCES: Record<DataSource, { type: DataSource; uid: string }> = {
  prometheus: { type: 'prometheus', uid: 'cpemon-prometheus' },
  mysql: { type: 'mysql', uid: 'cpemon-mysql' },
};

export interface PrometheusTarget {
  datasource: (typeof DATA_SOURCES)['prometheus'];
  refId: string;
  expr: string;
  legendFormat: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  range: boolean;
}

export interface MySqlTarget {
  datasource: (typeof DATA_SOURCES)['mysql'];
  refId: string;
  rawSql: string;
  rawQuery: true;
  editorMode: 'code';
  format: 'table' | 'time_series';
}

export type Target = PrometheusTarget | MySqlTarget;

export interface DataLink {
  title: string;
  url: string;
  targetBlank?: boolean;
}

export interface ThresholdStep {
  color: string;
  /** From here on; null for the first. */
  value: number | null;
}

export interface FieldConfig {
  defaults: {
    unit?: string;
    decimals?: number;
    min?: number;
    max?: number;
    noValue?: string;
    color?: { mode: string; fixedColor?: string };
    thresholds?: { mode: 'absolute'; steps: ThresholdStep[] };
    links?: DataLink[];
    mappings?: object[];
    custom?: object;
  };
  overrides: { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] }[];
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description: string;
  gridPos: { h: number; w: number; x: number; y: number };
  datasource?: { type: string; uid: string };
  targets?: Target[];
  fieldConfig?: FieldConfig;
  options?: object;
  transformations?: object[];
  collapsed?: boolean;
  panels?: [];
}

export interface Variable {
  type: 'query' | 'custom' | 'textbox';
  name: string;
  label: string;
  description: string;
  datasource?: { type: string; uid: string };
  query: string;
  /** When a query is asked again: 2, on a change of the time range. */
  refresh?: 2;
  current: { text: string; value: string; selected: boolean };
  options: { text: string; value: string; selected: boolean }[];
  hide: 0;
  includeAll?: boolean;
  multi?: boolean;
  sort?: number;
}

export interface Annotation {
  name: string;
  datasource: { type: string; uid: string };
  enable: boolean;
  iconColor: string;
  /** Prometheus */
  expr?: string;
  titleFormat?: string;
  textFormat?: string;
  step?: string;
  /** MySQL */
  target?: MySqlTarget;
}

export interface DashboardLink {
  type: 'dashboards' | 'link';
  title: string;
  tags: string[];
  url: string;
  asDropdown: boolean;
  includeVars: boolean;
  keepTime: boolean;
  targetBlank: boolean;
  icon: string;
  tooltip: string;
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: 39;
  version: 1;
  editable: false;
  /** 1: crosshair over all panels. */
  graphTooltip: 1;
  timezone: 'browser';
  refresh: string;
  time: { from: string; to: 'now' };
  links: DashboardLink[];
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
  panels: Panel[];
}
