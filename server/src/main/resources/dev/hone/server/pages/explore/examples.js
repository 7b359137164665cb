// @ts-check
// Queries to begin with, of metrics that are there.
import { useEffect, useState } from 'preact/hooks';
import { html } from '../html.js';
import { metricNames } from './candidates.js';
import { metricsOf } from './scan.js';

const MOST = 8;

/** @type {[string, string][]} */
const EXAMPLES = [
  ['How busy is the processor, by what it does?', 'sum by (mode) (rate(node_cpu_seconds_total{mode!="idle"}[1m]))'],
  ['How long do requests take, 95 of 100?', 'histogram_quantile(0.95, sum by (le) (rate(http_request_seconds_bucket[1m])))'],
  ['How many requests arrive?', 'sum(rate(http_requests_total[1m]))'],
  ['Which statements take the most time?', 'topk(5, rate(pg_stat_statements_seconds_total[5m]))'],
  ['How much memory is free to use?', 'node_memory_MemAvailable_bytes'],
  ['Do tasks wait for the processor?', 'rate(node_pressure_cpu_waiting_seconds_total[1m])'],
  ['How many tasks want to run?', 'node_load1'],
  ['How full are the disks?', '1 - node_filesystem_avail_bytes / node_filesystem_size_bytes'],
  ['What is read from and written to disks?', 'rate(node_disk_read_bytes_total[1m]) + rate(node_disk_written_bytes_total[1m])'],
  ['What goes over the network?', 'topk(5, rate(node_network_receive_bytes_total[1m]))'],
  ['How much heap do the JVMs use?', 'sum by (pid) (jvm_memory_used_bytes{area="heap"})'],
  ['How many series of each metric are there?', 'topk(10, count by (__name__) ({__name__=~".+"}))'],
];

/** Examples whose metrics exist. */
export function Examples() {
  const [names, setNames] = useState(/** @type {Set<string>|null} */ (null));
  const [error, setError] = useState('');
  useEffect(() => {
    metricNames().then((all) => setNames(new Set(all)), (problem) => setError(problem.message));
  }, []);
  if (error) return html`<p class="error" role="alert">${error}</p>`;
  const fitting = names ? EXAMPLES.filter(([, query]) => metricsOf(query).every((name) => names.has(name))).slice(0, MOST) : [];
  return html`<section class="panel examples" aria-labelledby="examples-title">
    <h2 id="examples-title">Begin with a question</h2>
    ${names && !names.size && html`<p class="empty">No samples yet. The first are collected within seconds of the start.</p>`}
    <ul>
      ${fitting.map(
        ([title, query]) => html`<li key=${query}>
          <a href=${'/explore?' + new URLSearchParams({ q: query })}><strong>${title}</strong><code>${query}</code></a>
        </li>`,
      )}
    </ul>
    ${names && html`<p class="muted">${names.size.toLocaleString('en-GB')} metrics are there; type a part of a name in the field above to find one.</p>`}
  </section>`;
}
