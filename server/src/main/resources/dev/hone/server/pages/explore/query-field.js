// @ts-check
// A field for a query, with completion and the place of an error marked.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { candidatesAt } from './candidates.js';
import { placeAt } from './scan.js';

/** @typedef {import('./candidates.js').Candidate} Candidate */
/** @typedef {{list: Candidate[], active: number, place: import('./scan.js').Place}} Offer */

const LIST_WIDTH = 440;

/**
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.label
 * @param {string} props.text
 * @param {(text: string) => void} props.edit
 * @param {() => void} props.run
 * @param {{from: number, to: number}|null} props.wrong what of the text is marked
 * @param {string} props.describedBy
 */
export function QueryField({ id, label, text, edit, run, wrong, describedBy }) {
  const field = useRef(/** @type {HTMLTextAreaElement|null} */ (null));
  const [offer, setOffer] = useState(/** @type {Offer|null} */ (null));
  const asked = useRef(0);
  const listId = id + '-list';

  /** @param {boolean} wanted even where nothing has been typed yet */
  async function suggest(wanted) {
    const area = field.current;
    const mine = ++asked.current;
    if (!area || area.selectionStart !== area.selectionEnd) return setOffer(null);
    const place = placeAt(area.value, area.selectionStart);
    if (place.kind === 'none' || (!wanted && place.kind === 'word' && !place.word)) return setOffer(null);
    const list = await candidatesAt(place, area.value.slice(area.selectionStart)).catch(() => []);
    if (mine !== asked.current) return;
    setOffer(list.length ? { list, active: 0, place } : null);
  }

  function close() {
    asked.current++;
    setOffer(null);
  }

  /** @param {Candidate} candidate */
  function take(candidate) {
    const area = field.current;
    if (!area || !offer) return;
    const rest = area.value.slice(area.selectionStart);
    const part = offer.place.kind === 'value' ? /^[^"'`\n]*/ : /^[\w:]*/;
    const tail = offer.place.kind === 'word' && !offer.place.word ? 0 : part.exec(rest)?.[0].length ?? 0;
    area.setSelectionRange(offer.place.from, area.selectionStart + tail);
    close();
    // The one way to write that the field's own undo knows.
    if (!document.execCommand('insertText', false, candidate.insert)) area.setRangeText(candidate.insert, area.selectionStart, area.selectionEnd, 'end');
    const after = /^(["'`\]])/.test(area.value.slice(area.selectionEnd)) && !candidate.back && offer.place.kind !== 'word' && offer.place.kind !== 'label' ? 1 : 0;
    const caret = area.selectionEnd - candidate.back + after;
    area.setSelectionRange(caret, caret);
    edit(area.value);
    if (offer.place.kind === 'label' && candidate.back) suggest(true);
    else close();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === ' ') {
      event.preventDefault();
      return suggest(true);
    }
    const candidate = offer?.list[offer.active];
    const isComplete = offer && candidate?.ends && candidate.name === offer.place.word;
    if (offer && candidate && !event.ctrlKey && !event.metaKey) {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (step) {
        event.preventDefault();
        const count = offer.list.length;
        const next = Math.abs(step) === 1 ? (offer.active + step + count) % count : Math.max(0, Math.min(count - 1, offer.active + step));
        return setOffer({ ...offer, active: next });
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        return close();
      }
      if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && !isComplete) {
        event.preventDefault();
        return take(candidate);
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      close();
      run();
    }
  }

  const active = offer && `${id}-option-${offer.active}`;
  return html`<div class="query-field">
    <div class="query-text">
      <div class="mirror" aria-hidden="true">${marked(text, wrong)}${'\n'}</div>
      <textarea
        id=${id}
        ref=${field}
        rows="1"
        role="combobox"
        aria-label=${label}
        aria-multiline="true"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded=${offer ? 'true' : 'false'}
        aria-controls=${listId}
        aria-activedescendant=${active ?? undefined}
        aria-invalid=${wrong ? 'true' : undefined}
        aria-describedby=${describedBy}
        spellcheck=${false}
        autocomplete="off"
        autocapitalize="off"
        placeholder="PromQL, for example node_load1"
        value=${text}
        onInput=${(/** @type {any} */ e) => (edit(e.target.value), suggest(false))}
        onKeyDown=${press}
        onClick=${close}
        onBlur=${close}
      ></textarea>
      ${offer && html`<${Options} id=${listId} field=${id} text=${text} offer=${offer} take=${take} />`}
    </div>
  </div>`;
}

/**
 * The candidates, below the word that they complete.
 * @param {{id: string, field: string, text: string, offer: Offer, take: (candidate: Candidate) => void}} props
 */
function Options({ id, field, text, offer, take }) {
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const ruler = useRef(/** @type {HTMLElement|null} */ (null));
  const [at, setAt] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const mark = ruler.current;
    const room = mark?.parentElement?.clientWidth ?? 0;
    if (!mark) return;
    const left = Math.max(0, Math.min(mark.offsetLeft - 12, room - Math.min(LIST_WIDTH, room)));
    setAt({ left, top: mark.offsetTop + mark.offsetHeight + 10 });
  }, [text, offer.place.from]);
  useEffect(() => {
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [offer]);
  const chosen = offer.list[offer.active];
  return html`<div class="mirror ruler" aria-hidden="true">${text.slice(0, offer.place.from)}<i ref=${ruler}>${'\u200b'}</i>${text.slice(offer.place.from)}</div>
    <div class="offer" style=${{ left: at.left + 'px', top: at.top + 'px' }}>
      <ul id=${id} role="listbox" aria-label="Completions" ref=${box}>
        ${offer.list.map(
          (candidate, i) => html`<li
            key=${candidate.kind + candidate.name}
            id=${`${field}-option-${i}`}
            role="option"
            aria-selected=${i === offer.active ? 'true' : 'false'}
            onMouseDown=${(/** @type {Event} */ e) => (e.preventDefault(), take(candidate))}
          >
            <span class="option-name">${highlighted(candidate.name, offer.place.word)}</span>
            <span class="option-kind">${candidate.kind}</span>
            ${candidate.note && html`<span class="hidden">, ${candidate.note}</span>`}
          </li>`,
        )}
      </ul>
      ${offer.place.kind !== 'value' && html`<p class="option-note" aria-hidden="true">${chosen?.note || chosen?.kind}</p>`}
    </div>`;
}

/** @param {string} name @param {string} word */
function highlighted(name, word) {
  const at = word ? name.toLowerCase().indexOf(word.toLowerCase()) : -1;
  return at < 0 ? name : html`${name.slice(0, at)}<b>${name.slice(at, at + word.length)}</b>${name.slice(at + word.length)}`;
}

/** @param {string} text @param {{from: number, to: number}|null} wrong */
function marked(text, wrong) {
  if (!wrong) return text;
  const there = text.slice(wrong.from, wrong.to);
  return html`${text.slice(0, wrong.from)}<mark>${there || '\u200b '}</mark>${text.slice(wrong.to)}`;
}
