@NullMarked
package dev.hone.metrics;

import org.jspecify.annotations.NullMarked;
