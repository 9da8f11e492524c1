import type { Annotation, Dashboard, DashboardLink, Panel, Variable } from './dashboard.js';
import type { Draft } from './panels.js';

const COLUMNS = 24;

export interface DashboardDraft {
  uid: string;
  title: string;
  description: string;
  panels: Draft[];
  variables?: Variable[];
  annotations?: Annotation[];
  /** One hour when absent. */
  from?: string;
  refresh?: string;
}

/** Lays the panels out from left to right, row by row, and adds what all dashboards have in common. */
export function makeDashboard(draft: DashboardDraft): Dashboard {
  return {
    ...{ uid: draft.uid, title: draft.title, description: draft.description },
    tags: ['cpemon'],
    ...{ schemaVersion: 39, version: 1, editable: false, graphTooltip: 1, timezone: 'browser' },
    refresh: draft.refresh ?? '30s',
    time: { from: draft.from ?? 'now-1h', to: 'now' },
    links: LINKS,
    templating: { list: draft.variables ?? [] },
    annotations: { list: draft.annotations ?? [] },
    panels: placed(draft.panels),
  };
}

function placed(drafts: readonly Draft[]): Panel[] {
  let [x, y, lineHeight] = [0, 0, 0];
  return drafts.map(({ width, height, ...panel }, index) => {
    if (x + width > COLUMNS) [x, y, lineHeight] = [0, y + lineHeight, 0];
    const gridPos = { h: height, w: width, x, y };
    x += width;
    lineHeight = Math.max(lineHeight, height);
    return { id: index + 1, ...panel, gridPos };
  });
}

const LINKS: DashboardLink[] = [
  {
    ...{ type: 'dashboards', title: 'CPEmon', tags: ['cpemon'], url: '', asDropdown: true },
    ...{ includeVars: false, keepTime: true, targetBlank: false, icon: 'external link', tooltip: '' },
  },
];
