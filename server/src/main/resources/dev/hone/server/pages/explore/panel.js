// @ts-check
// One query: its field, what is wrong with it, and its chart or table.
import { useEffect, useState } from 'preact/hooks';
import { span as spanWords } from '../clock.js';
import { html } from '../html.js';
import { Icon } from '../icons.js';
import { Words } from '../text.js';
import { changeQuery } from './address.js';
import { useAnswer } from './answer.js';
import { Chart } from './chart.js';
import { MOST_LINES } from './lines.js';
import { QueryField } from './query-field.js';
import { ResultTable } from './table.js';
import { unitOfQuery } from './units.js';

/** @typedef {import('./address.js').Query} Query */

/**
 * @param {object} props
 * @param {number} props.index
 * @param {Query} props.query
 * @param {{start: number, end: number, step: number, time: number}|null} props.grid
 * @param {number} props.again
 * @param {((from: number, to: number) => void)} props.zoom
 * @param {() => void} props.reset
 * @param {(() => void)|null} props.remove
 */
export function Panel({ index, query, grid, again, zoom, reset, remove }) {
  const [draft, setDraft] = useState(query.text);
  const [ran, setRan] = useState(0);
  useEffect(() => setDraft(query.text), [query.text]);
  const [answer, cancel] = useAnswer(query.text, query.view, grid, again + ran);
  const id = `query-${index}`;
  const name = `Query ${index + 1}`;
  const isEdited = draft.trim() !== query.text.trim();
  const problem = isEdited ? null : answer.problem;
  const isBusy = answer.state === 'busy' || answer.state === 'slow';
  const run = (text = draft) => {
    if (text.trim() === query.text.trim()) setRan(ran + 1);
    else changeQuery(index, { text: text.trim() });
  };
  const show = (/** @type {'chart'|'table'} */ view) => changeQuery(index, { view });
  return html`<section class="panel query" aria-label=${name}>
    <div class="query-head">
      <${QueryField} id=${id} label=${name} text=${draft} edit=${setDraft} run=${run} wrong=${problem?.where ? wrongPart(query.text, problem.where) : null} describedBy=${`${id}-problem ${id}-hint`} />
      <div class="query-buttons">
        <button class=${isEdited ? 'primary' : 'quiet'} onClick=${() => run()}><${Icon} name="play" />Run</button>
        ${remove && html`<button class="quiet square" onClick=${remove} aria-label=${`Remove query ${index + 1}`} title="Remove this query"><${Icon} name="close" /></button>`}
      </div>
    </div>
    <p class="hint muted ${index ? 'hidden' : ''}" id=${id + '-hint'}><span><kbd>Enter</kbd> runs</span><span><kbd>Shift</kbd> <kbd>Enter</kbd> new line</span><span><kbd>Ctrl</kbd> <kbd>Space</kbd> completes</span></p>
    <div id=${id + '-problem'} role="alert">${problem && html`<${Problem} text=${query.text} problem=${problem} field=${id} view=${query.view} show=${show} />`}</div>
    ${query.text.trim() &&
    html`<div class="query-bar">
      <div class="tabs" role="group" aria-label=${`View of query ${index + 1}`}>
        <button aria-pressed=${query.view === 'chart'} onClick=${() => show('chart')}><${Icon} name="chart" />Chart</button>
        <button aria-pressed=${query.view === 'table'} onClick=${() => show('table')}><${Icon} name="table" />Table</button>
      </div>
      <${Progress} answer=${answer} cancel=${cancel} step=${query.view === 'chart' ? grid?.step : undefined} />
    </div>
    <div role="status">${!problem && answer.warnings.map((warning) => html`<p class="chart-limit" key=${warning}><${Icon} name="alert" /><span>${warning}</span></p>`)}</div>
    <div class="query-result as-${query.view} ${isBusy ? 'is-busy' : ''} ${problem ? 'is-old' : ''}" aria-busy=${isBusy}>
      <${Result} answer=${answer} query=${query} index=${index} grid=${grid} zoom=${zoom} reset=${reset} run=${run} />
    </div>`}
  </section>`;
}

/**
 * @param {object} props
 * @param {import('./answer.js').Answer} props.answer
 * @param {Query} props.query
 * @param {number} props.index
 * @param {{start: number, end: number, step: number, time: number}|null} props.grid
 * @param {(from: number, to: number) => void} props.zoom
 * @param {() => void} props.reset
 * @param {(text: string) => void} props.run
 */
function Result({ answer, query, index, grid, zoom, reset, run }) {
  const { chart, table } = answer;
  const isTop = /^\s*(topk|bottomk)\b/.test(query.text);
  const unit = unitOfQuery(answer.of, chart ? chart.metrics : table?.rows.map((row) => row.metric.__name__));
  if (query.view === 'table' && table) {
    if (!table.rows.length && table.text === undefined) return html`<${Nothing} query=${query.text} />`;
    return html`<${ResultTable} ...${table} unit=${unit} title=${query.text} sort=${query.sort} choose=${(/** @type {any} */ sort) => changeQuery(index, { sort })} />`;
  }
  if (query.view === 'chart' && chart && grid) {
    if (!chart.lines.length) return html`<${Nothing} query=${query.text} />`;
    const ends = { from: chart.times[0], to: /** @type {number} */ (chart.times.at(-1)) };
    return html`${chart.more > 0 &&
      html`<p class="chart-limit">
        <${Icon} name="alert" />
        <span>${MOST_LINES} of ${(chart.more + MOST_LINES).toLocaleString('en-GB')} series are drawn, those with the highest peaks. ${isTop ? html`<code>topk</code> picks anew at each step; narrow by a label.` : 'Narrow by a label or an aggregation.'}</span>
        ${!isTop && html`<button class="link" onClick=${() => run(`topk(10, ${query.text})`)}>Draw the 10 largest</button>`}
      </p>`}
      <${Chart} data=${chart} unit=${unit} title=${query.text} span=${ends} zoom=${zoom} reset=${reset} />`;
  }
  if (answer.state === 'cancelled') return html`<p class="empty">Cancelled. “Run” asks again.</p>`;
  if (answer.problem) return null;
  return html`<p class="loading">Reading samples …</p>`;
}

/** @param {{query: string}} props */
function Nothing({ query }) {
  return html`<div class="empty">
    <p><strong>No data.</strong> The query is right, but no series has samples for it in this time.</p>
    <p>Look at a longer time, check names and labels with <kbd>Ctrl</kbd> <kbd>Space</kbd>${/\b(rate|increase|irate|delta|deriv)\s*\(/.test(query) ? ', or lengthen the window in brackets: it needs at least two samples' : ''}.</p>
  </div>`;
}

/** @param {{answer: import('./answer.js').Answer, cancel: () => void, step: number|undefined}} props */
function Progress({ answer, cancel, step }) {
  const grain = step ? `step ${spanWords(step)}` : '';
  if (answer.state === 'slow') {
    return html`<p class="progress"><span role="status">Still reading …</span><button class="link" onClick=${cancel}>Cancel</button></p>`;
  }
  const milliseconds = Math.max(1, Math.round(answer.took));
  const took = answer.took ? (milliseconds < 1000 ? `${milliseconds} ms` : spanWords(milliseconds / 1000)) : '';
  return html`<p class="progress muted"><span>${[grain, took].filter(Boolean).join(' · ')}</span></p>`;
}

/**
 * What is wrong, with the line and a mark below the place.
 * @param {{text: string, problem: import('./ask.js').Complaint, field: string, view: string, show: (view: 'chart'|'table') => void}} props
 */
function Problem({ text, problem, field, view, show }) {
  const { where } = problem;
  const line = where ? text.split('\n')[where.line - 1] ?? '' : '';
  const goThere = () => {
    const area = document.getElementById(field);
    const part = where && wrongPart(text, where);
    if (area instanceof HTMLTextAreaElement && part) (area.focus(), area.setSelectionRange(part.from, part.to));
  };
  const needsTable = view === 'chart' && /for range query/.test(problem.message);
  return html`<div class="error problem">
    <p>
      ${where && html`<button class="link place" onClick=${goThere}>Line ${where.line}, column ${where.column}</button>${' '}`}<${Words} text=${problem.message} />
      ${needsTable && html` <button class="link" onClick=${() => show('table')}>Show it as a table</button>`}
    </p>
    ${where && html`<pre aria-hidden="true">${line}${'\n'}${line.slice(0, where.column - 1).replace(/[^\t]/g, ' ')}<b>^</b></pre>`}
  </div>`;
}

/**
 * The word at a place of the text; behind its end, an empty part there.
 * @param {string} text
 * @param {{line: number, column: number}} where
 */
function wrongPart(text, { line, column }) {
  const before = text.split('\n').slice(0, line - 1);
  const from = Math.min(text.length, before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1);
  const word = /^[\w:.]+/.exec(text.slice(from));
  return { from, to: Math.min(text.length, from + (word ? word[0].length : 1)) };
}
