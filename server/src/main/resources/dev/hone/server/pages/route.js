// @ts-check
// Views have real addresses; links between them do not load the page anew.
import { signal } from '@preact/signals';

/** Path and query of the view that is shown. */
export const place = signal(here());

function here() {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** @param {string} address */
export function go(address) {
  const moved = new URL(address, location.href).pathname !== location.pathname;
  history.pushState(null, '', address);
  place.value = here();
  if (moved) scrollTo(0, 0);
}

/**
 * Sets or drops a part of the query of this view, without a step in the history.
 * @param {string} name
 * @param {string} value empty to drop
 */
export function choose(name, value) {
  const query = new URLSearchParams(location.search);
  if (value) query.set(name, value);
  else query.delete(name);
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text ? '?' + text : ''));
  place.value = here();
}

/** Follows plain clicks on links to other views, and the back button. */
export function followLinks() {
  addEventListener('popstate', () => (place.value = here()));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = /** @type {Element} */ (event.target).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.target) return;
    const isView = link.pathname === '/' || /^\/(loops|calibration|policy|audit|explore|database)(\/|$)/.test(link.pathname);
    if (!isView || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
