// @ts-check
// The view "Calibration": how far Hone's own verdicts can be trusted.
import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { number, quantity } from './format.js';
import { html } from './html.js';
import { Lessons } from './lessons.js';
import { RatesChart } from './rates-chart.js';

/** @typedef {{count: number, share: number|null, low: number, high: number}} Share */
/** @typedef {{signal: string, design: string, experiments: number, measuredTo: string, falseKeeps: Share, falseRollBacks: Share, coverage: Share}} Rate */
/** @typedef {{falseKeepsBound: number, falseRollBacksBound: number, falseDiscoveryRate: number, kept: number, standTogether: number, discoveries: string[], rates: Rate[]}} Calibration */

/** The view. */
export function CalibrationView() {
  const [answer, setAnswer] = useState(/** @type {Calibration|null} */ (null));
  const [lessons, setLessons] = useState(/** @type {import('./lessons.js').Lesson[]} */ ([]));
  const [error, setError] = useState('');
  useEffect(() => {
    document.title = 'Calibration · Hone';
    Promise.all([get('calibration'), get('lessons')]).then(
      ([calibration, book]) => {
        setAnswer(calibration);
        setLessons(book.lessons);
      },
      (problem) => setError(problem.message),
    );
  }, []);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  if (!answer) return html`<div class="loading" aria-busy="true"><p>Reading the tallies …</p><i></i><i></i></div>`;
  return html`<div class="govern">
    <h1>Calibration</h1>
    <p class="lead muted">Hone promises how often it is wrong. It checks that on this system, with experiments in which nothing was changed.</p>
    <section class="panel" aria-labelledby="rates-title">
      <h2 id="rates-title">Experiments in which nothing was changed</h2>
      ${answer.rates.length
        ? html`<p>
              Whatever they called an improvement or a harm was an error. Promised are errors below${' '}
              <b>${quantity(answer.falseKeepsBound, 'ratio')}</b> for keeping and <b>${quantity(answer.falseRollBacksBound, 'ratio')}</b> for calling harmful.
            </p>
            <${RatesChart} calibration=${answer} />`
        : html`<p class="empty">None yet. While no change is on trial, Hone judges quiet times as if something had been changed; the errors it makes are counted here.</p>`}
    </section>
    <section class="panel" aria-labelledby="together-title">
      <h2 id="together-title">Kept changes, looked at together</h2>
      <${Together} calibration=${answer} />
    </section>
    <section class="panel" aria-labelledby="lessons-title">
      <h2 id="lessons-title">What was learnt of each technique</h2>
      <${Lessons} lessons=${lessons} />
    </section>
  </div>`;
}

/** @param {{calibration: Calibration}} props */
function Together({ calibration: { kept, standTogether, falseDiscoveryRate } }) {
  if (!kept) return html`<p class="empty">No change is in force.</p>`;
  const left = kept - standTogether;
  return html`<div class="towards">
      <span><b>${standTogether} of ${kept}</b> stand together</span>
      <span class="bar" role="img" aria-label=${`${standTogether} of ${kept} kept changes stand together`}><i style=${{ width: (100 * standTogether) / kept + '%' }}></i></span>
    </div>
    <p class="muted">
      Each was proven by itself. Of those that stand together, fewer than ${number(falseDiscoveryRate * 100)} % are expected to be false, however many were tried${left ? `. The other ${left} ${left === 1 ? 'has' : 'have'} too little evidence for that; measuring again adds to it.` : '.'}
    </p>`;
}
