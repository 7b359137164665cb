// @ts-check
import htm from 'htm';
import { h } from 'preact';

/** Tagged template that makes Preact elements. Every element must be closed: `<br />`. */
export const html = htm.bind(h);
