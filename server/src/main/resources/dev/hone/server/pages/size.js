// @ts-check
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the dark colours are in use; canvas charts are drawn anew when it changes. */
export const isDark = signal(dark.matches);
dark.addEventListener('change', () => (isDark.value = dark.matches));

/** A colour of the style sheets. @param {string} name without `--` */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

/**
 * The width of an element, as it changes.
 * @param {{current: HTMLElement|null}} ref
 */
export function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}
