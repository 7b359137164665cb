/**
 * Experiments on systems whose truth is known: noise, injected effects, traps, and what the loop
 * and a plain before/after comparison make of them.
 */
@NullMarked
package dev.hone.bench.loop;

import org.jspecify.annotations.NullMarked;
