// @ts-check
// The view "Explore": questions to the store in PromQL.
import { useEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { Icon } from '../icons.js';
import { useWidth } from '../size.js';
import { RANGES, change, mayAdd, present } from './address.js';
import { underWay } from './answer.js';
import { Examples } from './examples.js';
import { Panel } from './panel.js';
import { TimeBar } from './time-bar.js';
import { stepFor } from './units.js';

const LEAST_ZOOM = 10;

/** The third view. */
export function ExploreView() {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const width = useWidth(box);
  const state = present();
  const [moment, setMoment] = useState(Date.now() / 1000);
  const [again, setAgain] = useState(0);
  const moves = !state.own && !state.zoom;
  useEffect(() => {
    document.title = 'Explore · Hone';
  }, []);
  useEffect(() => {
    if (!state.refresh || !moves) return;
    const timer = setInterval(() => {
      if (!underWay.peek() && !document.hidden) setMoment(Date.now() / 1000);
    }, state.refresh * 1000);
    return () => clearInterval(timer);
  }, [state.refresh, moves]);
  useEffect(() => setMoment(Date.now() / 1000), [state.range, moves]);

  const whole = state.own ?? { from: moment - RANGES[state.range], to: moment };
  const shown = state.zoom ?? whole;
  const step = stepFor(shown.to - shown.from, width || 1000);
  const grid = width ? { start: Math.floor(shown.from / step) * step, end: Math.floor(shown.to / step) * step, step, time: Math.floor(shown.to) } : null;
  const zoom = (/** @type {number} */ from, /** @type {number} */ to) => {
    const [a, b] = [Math.floor(from), Math.ceil(to)];
    const middle = (a + b) / 2;
    const half = Math.max(LEAST_ZOOM, b - a) / 2;
    change({ zoom: { from: Math.floor(middle - half), to: Math.ceil(middle + half) } });
  };
  const refreshNow = () => (setMoment(Date.now() / 1000), setAgain(again + 1));
  const { queries } = state;
  const isEmpty = queries.every((query) => !query.text.trim());
  return html`<div class="explore" ref=${box}>
    <h1>Explore</h1>
    <${TimeBar} state=${state} shown=${shown} step=${step} refreshNow=${refreshNow} />
    ${queries.map(
      (query, i) => html`<${Panel}
        key=${i}
        index=${i}
        query=${query}
        grid=${grid}
        again=${again}
        zoom=${zoom}
        reset=${() => change({ zoom: null })}
        remove=${queries.length > 1 ? () => change({ queries: queries.filter((_, other) => other !== i) }) : null}
      />`,
    )}
    <div class="buttons">
      <button class="quiet" disabled=${!mayAdd(state)} onClick=${() => add(queries)}><${Icon} name="plus" />Add a query</button>
    </div>
    ${isEmpty && html`<${Examples} />`}
  </div>`;
}

/** @param {import('./address.js').Query[]} queries */
function add(queries) {
  change({ queries: [...queries, { text: '', view: 'chart', sort: null }] });
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`query-${queries.length}`)?.focus()));
}
