@NullMarked
package dev.hone.layer.host;

import org.jspecify.annotations.NullMarked;
