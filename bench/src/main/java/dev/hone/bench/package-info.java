/** Benchmarks: what the README claims, measured on this machine. */
@NullMarked
package dev.hone.bench;

import org.jspecify.annotations.NullMarked;
