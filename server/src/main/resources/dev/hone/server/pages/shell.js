// @ts-check
// What surrounds every view: header, banners, the live region.
import { useEffect, useRef } from 'preact/hooks';
import { resume, stopEverything } from './actions.js';
import { dropToken, hasToken, me } from './api.js';
import { AuditView } from './audit.js';
import { CalibrationView } from './calibration.js';
import { clockTime } from './clock.js';
import { DatabaseView } from './database/view.js';
import { Dialogs, askForToken } from './dialog.js';
import { ExploreView } from './explore/view.js';
import { thaw } from './freeze.js';
import { html } from './html.js';
import { Icon } from './icons.js';
import { LoopView } from './loop.js';
import { LoopsView } from './loops.js';
import { NowView } from './now.js';
import { PolicyView } from './policy.js';
import { place } from './route.js';
import { announcement, connection, failure, lastHeard, refresh, status } from './state.js';
import { modeWord } from './words.js';

/** The whole page. */
export function Shell() {
  const { path } = place.value;
  return html`<${Header} path=${path} />
    <${Banners} />
    <main id="main" tabindex="-1"><${View} path=${path} /></main>
    <${Footer} />
    <div class="hidden" role="status" aria-live="polite">${announcement.value}</div>
    <${Dialogs} />`;
}

/** @param {{path: string}} props */
function View({ path }) {
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else document.getElementById('main')?.focus({ preventScroll: true });
  }, [path]);
  const loop = /^\/loops\/([^/]+)\/?$/.exec(path);
  if (loop) return html`<${LoopView} key=${loop[1]} id=${decodeURIComponent(loop[1])} />`;
  if (/^\/loops\/?$/.test(path)) return html`<${LoopsView} />`;
  if (/^\/explore\/?$/.test(path)) return html`<${ExploreView} />`;
  if (/^\/database(\/|$)/.test(path)) return html`<${DatabaseView} path=${path} />`;
  if (/^\/calibration\/?$/.test(path)) return html`<${CalibrationView} />`;
  if (/^\/audit\/?$/.test(path)) return html`<${AuditView} />`;
  if (/^\/policy\/?$/.test(path)) return html`<${PolicyView} />`;
  return html`<${NowView} />`;
}

const VIEWS = [
  ['/loops', 'Loops'],
  ['/database', 'Database'],
  ['/calibration', 'Calibration'],
  ['/policy', 'Policy'],
  ['/audit', 'Audit'],
  ['/explore', 'Explore'],
];

/** @param {{path: string}} props */
function Header({ path }) {
  const here = (/** @type {boolean} */ is) => (is ? 'page' : undefined);
  const stopped = status.value?.stopped;
  const views = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => views.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }), [path]);
  return html`<header class="top">
    <a class="brand" href="/" aria-label="Hone, to the page Now"><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M6 22 26 10v5L11.500 24H6z" /></svg>Hone</a>
    <nav aria-label="Views" ref=${views}>
      <a href="/" aria-current=${here(path === '/')}>Now</a>
      ${VIEWS.map(([address, name]) => html`<a key=${address} href=${address} aria-current=${here(path.startsWith(address))}>${name}</a>`)}
    </nav>
    <${Connection} />
    ${!hasToken.value && html`<button class="quiet sign-in" onClick=${askForToken}><${Icon} name="key" /><span>Sign in</span></button>`}
    ${!stopped && html`<button class="stop" onClick=${stopEverything}><${Icon} name="stop" />Stop everything</button>`}
  </header>`;
}

function Connection() {
  const words = { connecting: 'connecting …', live: 'live', lost: 'disconnected' };
  return html`<span class="connection is-${connection.value}"><i aria-hidden="true"></i><span>${words[connection.value]}</span></span>`;
}

function Banners() {
  const now = status.value;
  return html`${connection.value === 'lost' &&
    html`<div class="banner attention" role="status">
      <${Icon} name="alert" />
      <p>
        <strong>Disconnected.</strong>${' '}
        ${lastHeard.value ? `Last data ${clockTime(lastHeard.value)}; what you see is from then.` : failure.value} Trying again …
      </p>
      <button class="quiet" onClick=${() => refresh().catch(() => {})}>Try now</button>
    </div>`}
    ${now?.stopped &&
    html`<div class="banner stopped" role="status">
      <${Icon} name="stop" />
      <p><strong>Stopped.</strong> ${now.stoppedWhy || 'Somebody pressed stop.'} Hone measures, but changes nothing until resumed.</p>
      <button class="primary" onClick=${resume}><${Icon} name="play" />Resume</button>
    </div>`}
    ${now?.freeze &&
    html`<div class="banner attention" role="status">
      <${Icon} name="pause" />
      <p><strong>Frozen until ${clockTime(now.freeze.until)}</strong> by ${now.freeze.by}: ${now.freeze.why}. Nothing starts meanwhile.</p>
      <button class="quiet" onClick=${thaw}><${Icon} name="play" />Thaw</button>
    </div>`}
    ${now?.errorBudget?.burning &&
    html`<div class="banner attention" role="status">
      <${Icon} name="alert" />
      <p><strong>The error budget burns</strong> since ${clockTime(now.errorBudget.burning.since)}: ${now.errorBudget.burning.why}. Nothing starts until it ceases; findings go on.</p>
    </div>`}`;
}

function Footer() {
  const now = status.value;
  if (!now) return null;
  const modes = Object.entries(now.modes).map(([layer, mode]) => `${layer}: ${modeWord(mode)}`);
  return html`<footer>
    <span>Hone ${now.version}</span>
    <span>${now.series.toLocaleString('en-GB')} series, ${now.metricNames ?? 'an unknown number of'} metrics</span>
    <span>Modes ${modes.join(' · ') || 'observe'}</span>
    ${me.value && html`<span>Signed in as ${me.value.name}, ${me.value.role} <button class="link" onClick=${dropToken}>Sign out</button></span>`}
  </footer>`;
}
