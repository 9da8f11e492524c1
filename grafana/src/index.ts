export { catalogueOf, MOST_SERIES, type Catalogue } from './contract/metric-catalogue.js';
export { declaredMetrics, SERVICES } from './contract/declared-metrics.js';
export { madeFiles } from './made-files.js';
