// @ts-check
// Addresses of the view "Database", and of the query behind a number.
import { html } from '../html.js';
import { place } from '../route.js';

/** The database that the address names; empty for the first. */
export const chosen = () => place.value.query.get('db') ?? '';

/** @param {string} path below `/database` @param {Record<string, string>} [more] */
export function within(path, more = {}) {
  const query = new URLSearchParams({ ...(chosen() && { db: chosen() }), ...more }).toString();
  return '/database' + path + (query ? '?' + query : '');
}

/** Where a query can be looked at. @param {string} query */
export const asking = (query) => '/explore?' + new URLSearchParams({ q: query.replaceAll('$window', '1m') });

/** A number that leads to its query. @param {{query: string|undefined, children?: any}} props */
export function From({ query, children }) {
  return query ? html`<a class="from" href=${asking(query)} title=${query.replaceAll('$window', '1m')}>${children}</a>` : children;
}
