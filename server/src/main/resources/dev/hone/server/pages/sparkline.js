// @ts-check
import { useEffect, useState } from 'preact/hooks';
import { range } from './api.js';
import { html } from './html.js';
import { linear } from './scale.js';

const WIDTH = 120;
const HEIGHT = 30;
const LENGTH = 600;
const EVERY = 15_000;

/**
 * The last ten minutes of a query in small, with the target as a dashed line.
 * @param {{query: string, target: number|null}} props
 */
export function Sparkline({ query, target }) {
  const [values, setValues] = useState(/** @type {(number|null)[]} */ ([]));
  useEffect(() => {
    let gone = false;
    async function load() {
      const end = Date.now() / 1000;
      try {
        const series = await range(query, end - LENGTH, end, LENGTH / 60);
        if (!gone) setValues((series[0]?.values ?? []).map(([, v]) => v));
      } catch {
        if (!gone) setValues([]);
      }
    }
    if (query) load();
    const timer = query ? setInterval(load, EVERY) : undefined;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [query]);

  const present = /** @type {number[]} */ (values.filter((v) => v !== null));
  if (present.length < 2) return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true"></svg>`;
  const top = Math.max(...present, target ?? -Infinity);
  const y = linear(Math.min(0, ...present), top || 1, HEIGHT - 2, 2);
  const x = linear(0, values.length - 1, 1, WIDTH - 1);
  let pen = 'M';
  let path = '';
  values.forEach((v, i) => {
    if (v !== null) path += `${pen}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = v === null ? 'M' : 'L';
  });
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
    ${target !== null && target !== undefined && html`<path class="target" d="M0 ${y(target)}H${WIDTH}" />`}
    <path class="area" d="${path}L${x(values.length - 1)} ${HEIGHT}L${x(0)} ${HEIGHT}Z" />
    <path class="line" d=${path} />
  </svg>`;
}
