@NullMarked
package dev.hone.loop;

import org.jspecify.annotations.NullMarked;
