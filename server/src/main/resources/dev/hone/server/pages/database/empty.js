// @ts-check
// What to do where nothing can be shown.
import { html } from '../html.js';
import { Command } from '../story-change.js';

/** No database is configured. */
export function NoDatabase() {
  return html`<div class="govern database">
    <h1>No database is watched</h1>
    <div class="panel">
      <p>Hone shows here how a PostgreSQL (13 or later) is, which statements take its time, what its indexes are used for, and what it lacks. Tell Hone where one is, then restart it:</p>
      <div class="pair">
        <${Command} title="On the command line" text="hone serve --postgres postgres://user:password@host:5432/database" />
        <${Command} title="Or in hone.yaml" text=${'postgres: postgres://user:${HONE_DB_PASSWORD}@host:5432/database'} />
      </div>
      <p class="muted">Hone reads only, until you raise the mode of the layer <code>database</code>. Its role needs <code>pg_monitor</code>, and the server <code>pg_stat_statements</code>.</p>
    </div>
  </div>`;
}

/** What the role or the server lacks, with what to run. @param {{database: import('./types.js').Overview}} props */
export function Lacks({ database: { facts, role } }) {
  if (!facts || (facts.statements && facts.monitor)) return null;
  return html`<section class="panel" aria-labelledby="lacks-title">
    <h2 id="lacks-title">What Hone cannot see yet</h2>
    ${!facts.statements &&
    html`<p>Single statements: the extension <code>pg_stat_statements</code> is not loaded, or not created in this database. Add it to the setting, restart the server, then create it.</p>
      <div class="pair">
        <${Command} title="In postgresql.conf, beside what stands there" text="shared_preload_libraries = 'pg_stat_statements'" />
        <${Command} title="Then, in this database" text="CREATE EXTENSION pg_stat_statements;" />
      </div>`}
    ${!facts.monitor &&
    html`<p>Statements and sessions of other roles: the role <code>${role}</code> lacks <code>pg_monitor</code>.</p>
      <${Command} title="As a superuser" text=${`GRANT pg_monitor TO "${role.replaceAll('"', '""')}";`} />`}
  </section>`;
}
