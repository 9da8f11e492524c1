import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** A part of a screen under a heading. @param aside what stands at the end of the heading's line, such as buttons */
export function Panel({
  title,
  aside,
  kind,
  children,
}: {
  title: string;
  aside?: ComponentChildren;
  /** A class of its own. */
  kind?: string;
  children?: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class={`panel ${kind ?? ''}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
