// @ts-check
// What the whole workload lacks, and which indexes it does not need.
import { useEffect, useState } from 'preact/hooks';
import { get, post } from '../api.js';
import { number, percent, percentSize, quantity } from '../format.js';
import { html } from '../html.js';
import { Badge, Icon } from '../icons.js';
import { Command } from '../story-change.js';
import { announcement } from '../state.js';
import { Words } from '../text.js';
import { Ago } from '../time.js';
import { lookOf } from '../words.js';
import { within } from './links.js';

/** @typedef {import('./types.js').Advice} Advice */
/** @typedef {import('./types.js').Recommended} Recommended */

const WHILE_RUNNING = 1_000;
const IDLE = 15_000;

/** @param {{database: import('./types.js').Overview}} props */
export function AdviceView({ database }) {
  const path = `databases/${encodeURIComponent(database.name)}/advice`;
  const [state, setState] = useState(/** @type {Advice|null} */ (null));
  const [error, setError] = useState('');
  const take = (/** @type {Advice} */ found) => {
    if (state?.running && !found.running) announcement.value = found.problem ? 'The advisor failed.' : 'The advice is there.';
    setState(found);
    setError('');
  };
  useEffect(() => {
    document.title = 'Recommendations · Hone';
  }, []);
  useEffect(() => {
    const load = () => get(path).then(take, (problem) => setError(problem.message));
    if (!state) load();
    const timer = setInterval(() => document.hidden || load(), state?.running ? WHILE_RUNNING : IDLE);
    return () => clearInterval(timer);
  }, [path, state?.running]);
  const run = () => post(path, {}).then(take, (problem) => setError(problem.message));
  if (!state) return error ? html`<p class="error" role="alert">${error}</p>` : html`<div class="loading" aria-busy="true"><p>Reading the last advice …</p><i></i></div>`;
  const tooSoon = state.againAt !== null && Date.parse(state.againAt) > Date.now();
  return html`<h1>Recommendations</h1>
    <p class="lead muted">Which indexes all statements together lack and which they do not need, tested on an empty copy of the schema; cheaper texts; what vacuum, statistics and settings lack. Nothing on your server is changed, and only its catalogue is read.</p>
    <div class="row">
      <button class="primary" disabled=${state.running || tooSoon} title=${tooSoon ? 'It was asked less than a minute ago.' : ''} onClick=${run}><${Icon} name="refresh" />${state.at ? 'Ask again' : 'Ask the advisor'}</button>
      <span class="muted" role="status">${state.running ? html`At work: ${state.progress.at(-1) ?? 'connecting'} …` : state.at ? html`Advice given <${Ago} at=${state.at} />` : 'Not asked since Hone started.'}</span>
    </div>
    ${(error || state.problem) && html`<p class="error" role="alert"><${Words} text=${error || state.problem} /></p>`}
    ${state.advice && html`<${Given} advice=${state.advice} loops=${state.loops} carriedOut=${state.carriedOut} />`}`;
}

/** @param {{advice: NonNullable<Advice['advice']>, loops: Advice['loops'], carriedOut: string[]}} props */
function Given({ advice: { workload, recommendations, notices, server }, loops, carriedOut }) {
  const name = (/** @type {Recommended} */ each) => `${each.table.split('.')[0]}.${each.index}`;
  const gain = workload.seconds > 0 ? workload.secondsThen / workload.seconds - 1 : 0;
  const takenBack = recommendations.filter((each) => loops[name(each)]?.state === 'ROLLED_BACK');
  const open = recommendations.filter((each) => !takenBack.includes(each));
  const listed = (/** @type {Recommended[]} */ some) =>
    html`<ol class="queue advice-list">${some.map((each) => html`<${One} key=${each.ddl} each=${each} whole=${workload.seconds} loop=${loops[name(each)]} done=${Boolean(each.index) && carriedOut.includes(name(each))} />`)}</ol>`;
  return html`<section class="panel" aria-label="Workload">
      <dl class="facts wide">
        <div><dt>Statements analysed</dt><dd><b>${workload.analysed} of ${workload.statements}</b> from <code>${workload.source}</code></dd></div>
        <div><dt>${workload.measured ? 'Their time as measured' : 'Their time as estimated'}</dt><dd><b>${quantity(workload.seconds, 's')}</b>${workload.periodSeconds ? html` in ${quantity(workload.periodSeconds, 's')}` : ''}</dd></div>
        <div><dt>Expected with all of these</dt><dd><b>${quantity(workload.secondsThen, 's')}</b> (${percent(gain)})${takenBack.length > 0 ? ', with those that a trial did not confirm' : ''}</dd></div>
        <div><dt>Server</dt><dd>PostgreSQL ${server}</dd></div>
      </dl>
    </section>
    ${recommendations.length === 0 && html`<p class="empty panel">Nothing to recommend: no change would make this workload noticeably faster, and nothing that is there is known to be of no use.</p>`}
    ${open.length > 0 && listed(open)}
    ${takenBack.length > 0 &&
    html`<h2>Tried here and taken back</h2>
      <p class="muted">What is said of these is what the planner expects. Their trials on this server did not confirm it.</p>
      ${listed(takenBack)}`}
    ${notices.length > 0 &&
    html`<details class="notices"><summary>${notices.length === 1 ? '1 thing was' : `${notices.length} things were`} left out or not known</summary>
      <ul>${notices.map((text) => html`<li key=${text}><${Words} text=${text} /></li>`)}</ul></details>`}`;
}

/** What each kind of recommendation does, in a word. @type {Record<Recommended['kind'], {word: string, icon: string, tone: string}>} */
const KINDS = {
  'create-index': { word: 'Create', icon: 'plus', tone: 'good' },
  'drop-index': { word: 'Drop', icon: 'minus', tone: 'unknown' },
  vacuum: { word: 'Vacuum', icon: 'refresh', tone: 'attention' },
  statistics: { word: 'Statistics', icon: 'chart', tone: 'good' },
  setting: { word: 'Setting', icon: 'scale', tone: 'good' },
  rewrite: { word: 'Rewrite', icon: 'terminal', tone: 'good' },
  'n-plus-one': { word: 'One for many', icon: 'terminal', tone: 'good' },
  hint: { word: 'Hint', icon: 'question', tone: 'unknown' },
};

/** @param {{each: Recommended, whole: number, done: boolean, loop?: import('../types.js').Loop}} props */
function One({ each, whole, done, loop }) {
  const kind = KINDS[each.kind];
  const isIndex = each.kind === 'create-index' || each.kind === 'drop-index';
  const isText = each.kind === 'rewrite' || each.kind === 'n-plus-one' || each.kind === 'hint';
  return html`<li class="panel">
    <span class="rank"><span class="hidden">Place </span>${each.rank}</span>
    <div class="decision-head">
      <span class="badge tone-${kind.tone}"><${Icon} name=${kind.icon} />${kind.word}</span>
      <span class="layer">${each.table || 'server'}</span>
      ${done && html`<span class="badge tone-good"><${Icon} name="check" />Carried out since: the index is ${each.kind === 'create-index' ? 'there' : 'gone'}</span>`}
      ${loop && html`<a class="more" href=${'/loops/' + loop.id}><${Badge} look=${lookOf(loop)} />Loop about this index <${Icon} name="arrow" /></a>`}
    </div>
    <h2>${each.title}</h2>
    ${(isIndex || each.gainSeconds > 0) &&
    html`<dl class="facts wide">
      <div><dt>Statements gain</dt><dd><b>${each.gainSeconds ? quantity(each.gainSeconds, 's') : 'nothing'}</b>${whole > 0 && each.gainSeconds > 0 ? ` of ${quantity(whole, 's')} (${percentSize(each.gainSeconds / whole)})` : ''}</dd></div>
      ${isIndex &&
      html`<div><dt>${each.writeCostSeconds < 0 ? 'Writes gain' : 'Writes lose'}</dt><dd><b>${quantity(Math.abs(each.writeCostSeconds), 's')}</b></dd></div>
      <div><dt>${each.bytes < 0 ? 'Gives back' : 'Takes on disk'}</dt><dd><b>${quantity(Math.abs(each.bytes), 'bytes')}</b></dd></div>`}
    </dl>`}
    <ul>${each.why.map((reason) => html`<li key=${reason}><${Words} text=${reason} /></li>`)}</ul>
    <div class="pair"><${Command} title=${isText ? 'To send' : 'To run'} text=${each.ddl + (isText ? '' : ';')} /><${Command} title="Undo" text=${each.undo + (isText || each.undo.startsWith('--') ? '' : ';')} /></div>
    ${each.statements.length > 0 &&
    html`<details class="numbers"><summary>${each.kind === 'setting' ? 'Statements planned otherwise' : 'Statements that gain'}</summary>
      <ul class="effects">${each.statements.map(
        (s) => html`<li key=${s.statement}>
          ${s.queryid ? html`<a href=${within(`/statements/${s.queryid}`)}><code>${short(s.statement)}</code></a>` : html`<code>${short(s.statement)}</code>`}
          ${each.kind !== 'setting' && html`<span class="muted">cost ${number(s.costBefore)} → ${number(s.costAfter)}, gains ${quantity(s.gainSeconds, 's')}</span>`}
        </li>`,
      )}</ul></details>`}
  </li>`;
}

/** @param {string} text */
function short(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? line.slice(0, 159) + '…' : line;
}
