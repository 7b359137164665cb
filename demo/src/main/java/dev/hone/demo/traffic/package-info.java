/** Open-model traffic against the shop and the account of its latency. */
@NullMarked
package dev.hone.demo.traffic;

import org.jspecify.annotations.NullMarked;
