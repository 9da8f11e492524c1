import {
  SLOTS_KEPT_MS,
  gapsBetween,
  pathOfSource,
  united,
  type IntakeGap,
  type IntakeHistory,
  type Unheard,
} from '@cpemon/domain';
import type { SourceSilence } from '@cpemon/store';

/** A source, or a model with the sources of which its devices may be. */
export interface HeardName {
  kind: SourceSilence['kind'];
  name: string;
  sources: readonly string[];
}

/**
 * When nothing could come of a source or model in the time for which slots are kept before `until` (epoch ms): nobody
 * accepted on the path, or it was silent before. Of a model any path and any source counts, as nobody tells which are its.
 */
export function unheardOf(
  { kind, name, sources }: HeardName,
  intake: IntakeHistory,
  silences: readonly SourceSilence[],
  until: number,
): Unheard {
  const since = until - SLOTS_KEPT_MS;
  const closed = ({ startedAt, endedAt }: SourceSilence): IntakeGap[] =>
    endedAt === null ? [] : [{ startedAt, endedAt }];
  const isMeant = (one: SourceSilence): boolean =>
    (one.kind === kind && one.name === name) ||
    (kind === 'model' && one.kind === 'source' && sources.includes(one.name));
  return {
    shut: sources
      .flatMap((source) => pathOfSource(source) ?? [])
      .reduce<readonly IntakeGap[]>(
        (gaps, path) => united(gaps, gapsBetween(intake[path], since, until), until),
        [],
      ),
    silent: silences.filter(isMeant).flatMap(closed),
  };
}
