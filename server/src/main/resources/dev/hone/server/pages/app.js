// @ts-check
import { render } from 'preact';
import { askWhoIAm, takeTokenFromAddress } from './api.js';
import { html } from './html.js';
import { followLinks } from './route.js';
import { Shell } from './shell.js';
import { connect, watch } from './stream.js';
import { refresh } from './state.js';

takeTokenFromAddress();
askWhoIAm();
followLinks();
const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${Shell} />`, root);
refresh().catch(() => {});
connect();
watch();
