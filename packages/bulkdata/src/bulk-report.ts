import type { DropCounts, RefusalCode } from '@cpemon/contracts';
import type { ParameterValues } from '@cpemon/domain';

/** One report of a profile, as it was sent. */
export interface BulkReport {
  /** CollectionTime or ReportTimestamp: epoch or ISO 8601, as a number or text; absent with ReportTimestamp `None`. */
  collectionTime?: string | number;
  /** By the path, or by the alternative name that the profile gives it (with instance numbers: `alt.1.2`). */
  parameters: ParameterValues;
}

/** The reports of one body, oldest first as senders keep them (TR-181, Device.BulkData: retained failed reports). */
export interface BulkReports {
  reports: BulkReport[];
  /** Elements or rows that are no report, by their place among the others, from 0. */
  rejected: { index: number; reason: RefusalCode }[];
  /** Older reports than a body may have. */
  leftOut: number;
  /** Values that were left out of reports. */
  drops: DropCounts;
}

/** A record for names that somebody else chose: it inherits nothing, so "constructor" is a name like any other. */
export const emptyParameters = (): ParameterValues => Object.create(null) as ParameterValues;
