import type { ComponentChildren } from 'preact';
import { isOperator, isSupport } from '../data/session.js';
import { route } from './router.js';
import type { Route } from './url-state.js';

const ENTRIES: { href: string; text: string; of: readonly Route['screen'][] }[] = [
  { href: '/', text: 'Fleet', of: ['fleet'] },
  { href: '/devices', text: 'Devices', of: ['devices', 'device'] },
  { href: '/alerts', text: 'Alerts', of: ['alerts'] },
  { href: '/operations', text: 'Operations', of: ['operations'] },
];

/** Where one can go; support has the devices only. */
export function Navigation() {
  const { screen } = route.value;
  const entries = ENTRIES.filter(({ href }) =>
    isSupport.value ? href === '/devices' : href !== '/operations' || isOperator.value,
  );
  return (
    <nav class="screens" aria-label="Screens">
      <ul>
        {entries.map(({ href, text, of }) => (
          <li key={href}>
            <NavigationLink href={href} isHere={of.includes(screen)}>
              {text}
            </NavigationLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function NavigationLink(link: { href: string; isHere: boolean; children: ComponentChildren }) {
  return (
    <a href={link.href} {...(link.isHere ? { 'aria-current': 'page' as const } : {})}>
      {link.children}
    </a>
  );
}
