import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { allAlerts } from '../../grafana/src/rules/all-rules.js';
import { RULE_CASES } from '../../grafana/src/rules/rule-cases.js';
import { REPOSITORY } from './source-modules.js';

const alerts = allAlerts();
const inWords = ({ alert, labels }: (typeof alerts)[number]): string => `${alert} ${labels.severity}`;

test('every alert has a case in which it fires and one in which it does not', () => {
  const has = (fires: boolean) => (each: (typeof alerts)[number]) =>
    RULE_CASES.some(
      ({ alert, severity, fires: does, labels = {} }) =>
        alert === each.alert &&
        severity === each.labels.severity &&
        does === fires &&
        (!does || labels['window'] === each.labels.window),
    );
  expect(alerts.filter((each) => !has(true)(each)).map(inWords)).toEqual([]);
  // One that always fires has no other case.
  expect(alerts.filter((each) => !has(false)(each)).map(({ alert }) => alert)).toEqual(['CpemonWatchdog']);
});

test('every alert leads to a page of this repository that has a heading of its name', () => {
  for (const { alert, annotations } of alerts) {
    const [file = '', anchor] = annotations.runbook_url.split('#');
    const page = readFileSync(join(REPOSITORY, file), 'utf8');
    expect([alert, page.includes(`\n## ${alert}\n`), anchor]).toEqual([alert, true, alert.toLowerCase()]);
  }
});

test('runbooks tell of no alert that is not there', () => {
  const pages = [...new Set(alerts.map(({ annotations }) => annotations.runbook_url.split('#')[0] ?? ''))];
  const headings = pages.flatMap((page) =>
    [...readFileSync(join(REPOSITORY, page), 'utf8').matchAll(/^## (Cpemon\w+)$/gm)].map(([, name]) => name),
  );
  expect(headings.sort()).toEqual([...new Set(alerts.map(({ alert }) => alert))].sort());
});

test.each(['alertmanager.yml', 'alertmanager.production-example.yml'])(
  '%s silences alerts that exist, by labels that they have',
  (file) => {
    const { inhibit_rules: rules } = load(readFileSync(join(REPOSITORY, 'prometheus', file), 'utf8')) as {
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const names = new Set(alerts.map(({ alert }) => alert));
    const matchers = rules.flatMap(({ source_matchers, target_matchers }) => [
      ...source_matchers,
      ...target_matchers,
    ]);
    for (const matcher of matchers) {
      const [, label = '', value = ''] = /^(\w+)=~?"([^"]*)"$/.exec(matcher) ?? [];
      for (const each of value.split('|')) {
        if (label === 'alertname') expect([matcher, names.has(each)]).toEqual([matcher, true]);
        // Of the alerts that CPEmon tells itself.
        else if (label === 'kind') expect(['device', 'group']).toContain(each);
        else expect(alerts.map(({ labels }) => labels[label as 'layer'])).toContain(each);
      }
    }
  },
);
