@NullMarked
package dev.hone.server;

import org.jspecify.annotations.NullMarked;
